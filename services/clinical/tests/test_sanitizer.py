"""What the sanitizer does with real files: valid ones, damaged ones and malicious ones."""

import io
import json
import struct
import subprocess
import sys
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from chassis.errors import Invalid
from clinical.attachments import pictures, sanitizer

from .conftest import document, photo

RED, WHITE = (255, 0, 0), (255, 255, 255)


def refusal_of(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        sanitizer.sanitize(content)
    return refused.value.code


def near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def located(orientation: int = 1) -> bytes:
    """A photo whose metadata has its place and the camera."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "CanaryCam"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)})
    return photo(exif=exif, comment=b"canary comment", xmp=b"<x:xmpmeta>canary</x:xmpmeta>")


def loaded_for(content: bytes) -> set[str]:
    """The libraries that a process of its own loads for the file."""
    program = (
        "import sys; from clinical.attachments import sanitizer\n"
        "try: sanitizer.sanitize(sys.stdin.buffer.read())\n"
        "except sanitizer.Invalid: pass\n"
        "print(*{'PIL', 'pikepdf'} & sys.modules.keys())"
    )
    return set(subprocess.run([sys.executable, "-c", program], input=content, capture_output=True, check=True).stdout.decode().split())


def test_the_process_loads_the_libraries_of_the_files_own_type_alone(servers):
    assert loaded_for(photo()) == {"PIL"}
    assert loaded_for(document()) == {"pikepdf"}
    assert loaded_for(b"MZ a program") == set()


# --- images


@pytest.mark.parametrize(("library", "content"), [("pictures", photo()), ("documents", document())])
def test_a_library_that_cannot_be_loaded_is_no_fault_of_the_file(monkeypatch, library, content):
    monkeypatch.delattr(f"clinical.attachments.{library}", raising=False)
    monkeypatch.setitem(sys.modules, f"clinical.attachments.{library}", None)
    with pytest.raises(ImportError):
        sanitizer.sanitize(content)


def test_a_photo_loses_the_place_it_was_taken_at():
    given_photo = located()
    assert b"Exif" in given_photo
    assert b"canary" in given_photo
    clean = sanitizer.sanitize(given_photo)

    assert clean.media_type == "image/jpeg"
    for trace in (b"Exif", b"CanaryCam", b"canary", b"GPS", b"xmpmeta"):
        assert trace not in clean.content
    image = Image.open(io.BytesIO(clean.content))
    assert image.size == (32, 16)
    assert not image.getexif()
    assert near(image.convert("RGB").getpixel((4, 2)), RED)
    assert near(image.convert("RGB").getpixel((28, 12)), WHITE)


def test_a_rotated_photo_is_stored_upright():
    image = Image.open(io.BytesIO(sanitizer.sanitize(located(orientation=6)).content))
    assert image.size == (16, 32)
    assert near(image.convert("RGB").getpixel((12, 4)), RED)


def test_an_image_keeps_its_pixels_and_loses_its_comments():
    remarks = PngImagePlugin.PngInfo()
    remarks.add_text("Author", "canary")
    clean = sanitizer.sanitize(photo("PNG", pnginfo=remarks))
    assert clean.media_type == "image/png"
    assert b"canary" not in clean.content
    assert Image.open(io.BytesIO(clean.content)).tobytes() == Image.open(io.BytesIO(photo("PNG"))).tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_images_of_every_mode_are_accepted(mode):
    clean = sanitizer.sanitize(photo("PNG", mode=mode))
    assert Image.open(io.BytesIO(clean.content)).mode == mode


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_images_of_every_mode_are_accepted(mode):
    assert Image.open(io.BytesIO(sanitizer.sanitize(photo(mode=mode)).content)).size == (32, 16)


def test_a_transparent_palette_stays_transparent():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    out = io.BytesIO()
    image.save(out, "PNG", transparency=1)
    kept = Image.open(io.BytesIO(sanitizer.sanitize(out.getvalue()).content))
    assert kept.convert("RGBA").getpixel((0, 0))[3] == 0


def test_colours_stay_the_same_without_the_colour_profile():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clean = sanitizer.sanitize(photo("PNG", icc_profile=profile))
    image = Image.open(io.BytesIO(clean.content))
    assert "icc_profile" not in image.info
    assert near(image.getpixel((4, 2)), RED)


def test_an_unusable_colour_profile_is_ignored():
    image = Image.open(io.BytesIO(sanitizer.sanitize(photo("PNG", icc_profile=b"no profile")).content))
    assert near(image.getpixel((4, 2)), RED)


def test_data_appended_to_an_image_is_removed():
    for kind in ("JPEG", "PNG"):
        assert b"canary" not in sanitizer.sanitize(photo(kind) + b"PK\x03\x04canary").content


def test_an_image_with_too_many_pixels_is_refused_without_decoding_it():
    """A few bytes whose header announces 30 GB of pixels."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    assert refusal_of(bomb) == "file_unsafe"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_an_image_just_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PIXELS", 32 * 16)
    sanitizer.sanitize(photo())
    monkeypatch.setattr(pictures, "MAX_PIXELS", 32 * 16 - 1)
    assert refusal_of(photo()) == "file_unsafe"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_truncated_image_is_broken(kind):
    whole = photo(kind, size=(256, 256))
    assert refusal_of(whole[: len(whole) // 2]) == "file_broken"


def test_magic_bytes_alone_are_no_file():
    for beginning in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n"):
        assert refusal_of(beginning + b"nothing of the sort" * 10) == "file_broken"


# --- documents


def test_a_document_is_not_changed():
    given_document = document()
    clean = sanitizer.sanitize(given_document)
    assert (clean.content, clean.media_type) == (given_document, "application/pdf")


def script(pdf: pikepdf.Pdf) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def on_open(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = script(pdf)


def by_name(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script(pdf)])))


def on_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=pdf.make_indirect(script(pdf)))


def nested_in_a_link(pdf: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://example.com"), Next=Array([Array([script(pdf)])]))
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])


def launch(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=String("calc.exe"))


def embedded(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["x.exe"] = b"MZ"


def attached_to_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9])])


def xfa_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def movie(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9])])


def submits_a_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.SubmitForm, F=String("https://example.com"))


def opens_a_file_on_a_server(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.GoToR, F=String("\\\\files.example\\share"), D=Array([0, Name.Fit])))


def follows_a_thread_elsewhere(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.Thread, F=String("\\\\files.example\\share"), D=0)


def opens_an_address_by_itself(pdf: pikepdf.Pdf) -> None:
    after = Dictionary(S=Name.URI, URI=String("https://example.com/seen"))
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=Array([pdf.make_indirect(after)]))


def opens_an_address_when_a_page_is_shown(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = pdf.make_indirect(Dictionary(O=Dictionary(S=Name.URI, URI=String("https://example.com/seen"))))


def goes_round(pdf: pikepdf.Pdf) -> None:
    action = pdf.make_indirect(Dictionary(S=Name.GoTo, D=Array([])))
    action.Next = Array([action, action])
    pdf.Root.OpenAction = action


def content_in_another_file(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = pdf.make_stream(b"", F=String("\\\\files.example\\share"))


def page_of_another_file(pdf: pikepdf.Pdf) -> None:
    form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, Ref=Dictionary(F=String("other.pdf"), Page=0))
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(X=form))


HARM = [
    on_open, by_name, on_page, nested_in_a_link, launch, embedded, attached_to_a_page, xfa_form, movie, submits_a_form, opens_a_file_on_a_server,
    follows_a_thread_elsewhere, opens_an_address_by_itself, opens_an_address_when_a_page_is_shown, goes_round, content_in_another_file,
    page_of_another_file,
]  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("packed", [False, True], ids=["open", "in object streams"])
def test_a_document_with_active_or_embedded_content_is_refused(harm, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert refusal_of(document(harm, object_stream_mode=mode)) == "file_unsafe"


@pytest.mark.parametrize("address", [" JavaScript:alert(1)", "file:///etc/passwd", "\\\\files.example\\share", "smb://files.example/share"])
def test_a_document_with_a_link_to_no_page_is_refused(address):
    def link(pdf: pikepdf.Pdf) -> None:
        action = Dictionary(S=Name.URI, URI=String(address))
        pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])

    assert refusal_of(document(link)) == "file_unsafe"


def test_a_document_with_an_ordinary_link_is_accepted():
    def link(pdf: pikepdf.Pdf) -> None:
        action = Dictionary(S=Name.URI, URI=String("https://example.com"))
        pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])

    assert sanitizer.sanitize(document(link)).media_type == "application/pdf"


@pytest.mark.parametrize("place", ["page", "action", "page without a type"])
def test_a_document_that_opens_at_one_of_its_pages_is_accepted(place):
    def opens(pdf: pikepdf.Pdf) -> None:
        at = Array([pdf.pages[0].obj, Name.Fit])
        pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=at) if place == "action" else at
        pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.Named, N=Name.NextPage))
        if place == "page without a type":
            del pdf.pages[0].obj["/Type"]

    assert sanitizer.sanitize(document(opens)).media_type == "application/pdf"


def test_an_encrypted_document_is_refused_with_or_without_its_password():
    for encryption in (pikepdf.Encryption(owner="o", user="u"), pikepdf.Encryption(owner="o", user="")):
        assert refusal_of(document(encryption=encryption)) == "file_unsafe"


def test_a_truncated_document_is_broken():
    whole = document()
    assert refusal_of(whole[: len(whole) // 2]) == "file_broken"


def test_a_document_without_pages_is_broken():
    out = io.BytesIO()
    pikepdf.new().save(out)
    assert refusal_of(out.getvalue()) == "file_broken"


def test_a_document_nested_too_deeply_is_refused():
    nested = Array([])
    for _ in range(300):
        nested = Array([nested])

    def deep(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Deep = nested

    assert refusal_of(document(deep)) in {"file_unsafe", "file_broken"}


def test_a_decompression_bomb_is_refused_within_the_limits_of_the_process(servers):
    program = (
        f"from clinical.attachments import sanitizer_process; sanitizer_process.MAX_MEMORY_BYTES = {250 * 2**20}; sanitizer_process.main()"
    )
    ended = subprocess.run([sys.executable, "-c", program], input=decompression_bomb(300), capture_output=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["code"] in {"file_broken", "file_unsafe"}


def decompression_bomb(megabytes: int) -> bytes:
    """A small document whose object stream decompresses to this many megabytes of spaces."""
    packer = zlib.compressobj(1)
    packed = packer.compress(b"1 0 << /Type /Catalog /Pages 2 0 R >>")
    packed += b"".join(packer.compress(b" " * 2**20) for _ in range(megabytes)) + packer.flush()
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    pages, page = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    file, places = b"%PDF-1.5\n", []
    for number, written in enumerate((pages, stream, page), start=2):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    places.append(len(file))
    # The cross-reference table: object 0 is free, the catalogue is inside object 3, the others have offsets.
    table = bytes(7) + b"\x02\0\0\0\x03\0\0" + b"".join(b"\x01" + place.to_bytes(4, "big") + b"\0\0" for place in places)
    file += b"5 0 obj\n<< /Type /XRef /Size 6 /Root 1 0 R /W [1 4 2] /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(table), table)
    return file + b"startxref\n%d\n%%%%EOF\n" % places[-1]


def test_the_same_document_with_little_content_is_accepted():
    assert sanitizer.sanitize(decompression_bomb(1)).media_type == "application/pdf"


# --- anything else


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90",
        b"PK\x03\x04",
        b" %PDF-1.7",
        b"II*\x00",
        b"RIFF....WEBP",
    ],
)
def test_other_kinds_of_files_are_refused(content):
    assert refusal_of(content) == "file_type_not_allowed"


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_a_photograph_of_a_telephone_that_saves_no_jpeg_is_refused_with_what_to_do(brand):
    with pytest.raises(Invalid, match="file_type_not_allowed") as refused:
        sanitizer.sanitize(struct.pack(">I", 24) + b"ftyp" + brand + bytes(200))
    assert "HEIC" in refused.value.message
    assert "JPEG" in refused.value.message


def test_a_film_is_no_photograph():
    with pytest.raises(Invalid) as refused:
        sanitizer.sanitize(struct.pack(">I", 24) + b"ftypisom" + bytes(200))
    assert "HEIC" not in refused.value.message


def test_a_file_over_ten_megabytes_is_refused_without_parsing_it():
    assert refusal_of(b"%PDF-" + bytes(10 * 1024 * 1024)) == "file_too_large"


@given(kind=st.sampled_from(["JPEG", "PNG", "PDF"]), where=st.floats(0, 1, exclude_max=True), junk=st.binary(min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_sanitized_or_refused_and_never_raises_anything_else(kind, where, junk):
    whole = document() if kind == "PDF" else photo(kind)
    at = int(where * len(whole))
    damaged = whole[:at] + junk + whole[at + len(junk) :]
    try:
        clean = sanitizer.sanitize(damaged)
    except Invalid:
        assert refusal_of(damaged) in {"file_type_not_allowed", "file_broken", "file_unsafe"}
    else:
        assert sanitizer.sanitize(clean.content).media_type == clean.media_type
