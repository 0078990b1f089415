"""Files that nobody sends by mistake, made by a seed: polyglots, bombs, scripts, wrong extensions, damage, hostile metadata and names."""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

# Whatever would run or be carried along has it.
MARK = b"caseload-hostile-payload"
_SCRIPT = b"<html><script>alert('" + MARK + b"')</script></html>"
_PIXELS = 50_000
_MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class HostileFile:
    """`may_be` says what may become of it: "refused", "clean" (an image without the mark), or "kept" (a document as it is)."""

    kind: str
    name: str
    content: bytes
    may_be: frozenset[str]


Make = Callable[[random.Random], bytes]
_KINDS: list[tuple[str, Make, str, frozenset[str]]] = []


def _kind(extension: str, *may_be: str) -> Callable[[Make], Make]:
    def listed(make: Make) -> Make:
        _KINDS.append((make.__name__.strip("_").replace("_", " "), make, extension, frozenset(may_be)))
        return make

    return listed


def hostile_files(number: int, seed: int) -> Iterator[HostileFile]:
    """So many files, of all kinds in turn; the same ones for the same seed."""
    for place in range(number):
        what, make, extension, may_be = _KINDS[place % len(_KINDS)]
        draw = random.Random(f"{seed} {place}")
        yield HostileFile(what, draw.choice(NAMES).format(extension=extension, number=place), make(draw), may_be)


NAMES = (
    "../../../etc/passwd{number}.{extension}",
    "..\\..\\windows\\system32\\{number}.{extension}",
    "report{number}\u202egpj.exe.{extension}",
    "a{number}.html",
    "a{number}.{extension}.svg",
    "<img src=x onerror=alert(1)>{number}.{extension}",
    'quote"; filename="evil{number}.html',
    "CON{number}.{extension}",
    "{number}'; DROP TABLE attachments; --.{extension}",
    "{{{{7*7}}}}${{jndi:ldap://x/}}{number}.{extension}",
    "=cmd|' /C calc'!A{number}.{extension}",
    "\u200b{number}\ufeff.{extension}",
    "%2e%2e%2f{number}.{extension}",
    "ordinary {number}.{extension}",
    "z\u0335\u0336\u0337\u0338" * 30 + "{number}.{extension}",
)


# --- real files to begin with


def _noise(draw: random.Random, size: tuple[int, int] = (24, 16)) -> Image.Image:
    return Image.frombytes("RGB", size, draw.randbytes(size[0] * size[1] * 3))


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _picture(draw: random.Random, kind: str | None = None, **options: object) -> bytes:
    return _encoded(_noise(draw), kind or draw.choice(["JPEG", "PNG"]), **options)


def _document(harm: Callable[[pikepdf.Pdf], None], draw: random.Random) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        harm(pdf)
        pdf.save(out, object_stream_mode=draw.choice(list(pikepdf.ObjectStreamMode)), compress_streams=draw.random() < 0.5)
    return out.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(width: int, height: int, colour: int, data: bytes, *more: bytes) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


@cache
def _zeros(size: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(bytes(min(_MEGABYTE, size - at))) for at in range(0, size, _MEGABYTE)), packer.flush()])


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", _SCRIPT)
        archive.writestr("bomb", bytes(4 * _MEGABYTE))
    return out.getvalue()


# --- polyglots


@_kind("jpg", "clean")
def _image_with_a_program_behind_it(draw: random.Random) -> bytes:
    return _picture(draw) + draw.choice([_SCRIPT, _archive() + MARK, b"<?php system($_GET['" + MARK + b"']); ?>", b"MZ" + MARK])


@_kind("png", "clean", "refused")
def _image_with_a_page_in_its_metadata(draw: random.Random) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", _SCRIPT.decode())
    told.add_itxt("XML:com.adobe.xmp", _SCRIPT.decode())
    told.add_text("zipped", _SCRIPT.decode(), zip=True)
    if draw.random() < 0.5:
        return _picture(draw, "PNG", pnginfo=told)
    return _picture(draw, "JPEG", comment=_SCRIPT, xmp=_SCRIPT)


@_kind("pdf", "kept", "refused")
def _document_that_is_an_archive_too(draw: random.Random) -> bytes:
    return _document(lambda pdf: None, draw) + _archive()[: draw.choice([200, 900, 5_000])]


@_kind("pdf", "refused")
def _page_before_a_document(draw: random.Random) -> bytes:
    return _SCRIPT + b" " * draw.randrange(900) + _document(lambda pdf: None, draw)


@_kind("pdf", "kept", "refused")
def _document_with_a_page_in_a_stream(draw: random.Random) -> bytes:
    return _document(lambda pdf: pdf.Root.__setitem__("/Padding", pdf.make_stream(_SCRIPT * draw.randrange(1, 50))), draw)


@_kind("jpg", "refused")
def _document_that_begins_as_an_image(draw: random.Random) -> bytes:
    return draw.choice([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"]) + _document(lambda pdf: None, draw)


# --- active documents


def _action(subtype: str, **more: object) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name(subtype), **more)


@_kind("pdf", "refused")
def _document_that_runs_a_script(draw: random.Random) -> bytes:
    script = _action("/JavaScript", JS=String(MARK.decode()))

    def harm(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        places: list[Callable[[], None]] = [
            lambda: pdf.Root.__setitem__("/OpenAction", script),
            lambda: pdf.Root.__setitem__("/AA", Dictionary(WC=script)),
            lambda: page.obj.__setitem__("/AA", Dictionary(O=pdf.make_indirect(script))),
            lambda: pdf.Root.__setitem__("/Names", Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))),
            lambda: page.obj.__setitem__("/Annots", Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=script)])),
            lambda: pdf.Root.__setitem__("/OpenAction", _action("/URI", URI=String("x"), Next=Array([pdf.make_indirect(script)]))),
        ]
        draw.choice(places)()

    return _document(harm, draw)


@_kind("pdf", "refused")
def _document_that_launches(draw: random.Random) -> bytes:
    action = _action(draw.choice(["/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition"]), F=String(MARK.decode()))
    return _document(lambda pdf: pdf.Root.__setitem__("/OpenAction", action), draw)


@_kind("pdf", "refused")
def _document_whose_script_is_spelt_otherwise(draw: random.Random) -> bytes:
    written = _document(lambda pdf: pdf.Root.__setitem__("/OpenAction", _action("/JavaScript", JS=String(MARK.decode()))), random.Random(0))
    plain = io.BytesIO()
    with pikepdf.open(io.BytesIO(written)) as pdf:
        pdf.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    # A name may have each of its characters as a number (ISO 32000, 7.3.5).
    letter = draw.choice(b"JavaScript")
    changed = plain.getvalue().replace(b"/JavaScript", b"/" + b"JavaScript".replace(bytes([letter]), b"#%02x" % letter))
    return _with_new_table(changed)


def _with_new_table(document: bytes) -> bytes:
    """The document with a cross-reference table that fits it."""
    body = document[: document.rindex(b"xref\n", 0, document.rindex(b"trailer"))]
    trailer = document[document.rindex(b"trailer") : document.rindex(b"startxref")]
    objects = {}
    at = body.find(b" 0 obj")
    while at >= 0:
        start = body.rfind(b"\n", 0, at) + 1
        objects[int(body[start:at])] = start
        at = body.find(b" 0 obj", at + 1)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (max(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % objects[number] for number in range(1, max(objects) + 1))
    return body + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)


@_kind("pdf", "refused")
def _document_that_carries_a_file(draw: random.Random) -> bytes:
    def harm(pdf: pikepdf.Pdf) -> None:
        if draw.random() < 0.5:
            pdf.attachments["invoice.exe"] = b"MZ" + MARK
        else:
            carried = Dictionary(Type=Name.Annot, Subtype=Name(draw.choice(["/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/3D"])))
            pdf.pages[0].obj["/Annots"] = Array([pdf.make_indirect(carried)])

    return _document(harm, draw)


@_kind("pdf", "refused")
def _document_with_a_form_of_scripts(draw: random.Random) -> bytes:
    return _document(lambda pdf: pdf.Root.__setitem__("/AcroForm", Dictionary(XFA=pdf.make_stream(_SCRIPT * draw.randrange(1, 9)))), draw)


@_kind("pdf", "refused")
def _document_that_is_locked(draw: random.Random) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(owner=str(draw.random()), user=draw.choice(["", "secret"])))
    return out.getvalue()


# --- bombs


@_kind("pdf", "refused")
def _document_that_unpacks_without_end(draw: random.Random) -> bytes:
    packed = _zeros_as(b" ", draw.choice([300, 400, 600]), first=b"1 0 << /Type /Catalog /Pages 2 0 R >>")
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    pages, page = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    file, places = b"%PDF-1.5\n", []
    for number, written in enumerate((pages, stream, page), start=2):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    places.append(len(file))
    table = bytes(7) + b"\x02\0\0\0\x03\0\0" + b"".join(b"\x01" + place.to_bytes(4, "big") + b"\0\0" for place in places)
    file += b"5 0 obj\n<< /Type /XRef /Size 6 /Root 1 0 R /W [1 4 2] /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(table), table)
    return file + b"startxref\n%d\n%%%%EOF\n" % places[-1]


@cache
def _zeros_as(sign: bytes, megabytes: int, first: bytes = b"") -> bytes:
    packer = zlib.compressobj(1)
    return b"".join([packer.compress(first), *(packer.compress(sign * _MEGABYTE) for _ in range(megabytes)), packer.flush()])


@_kind("pdf", "refused")
def _document_nested_without_end(draw: random.Random) -> bytes:
    deep = draw.choice([120, 2_000, 100_000])
    return _raw_document(b"[" * deep + b"]" * deep)


@_kind("pdf", "refused", "kept")
def _document_that_refers_to_itself(draw: random.Random) -> bytes:
    def harm(pdf: pikepdf.Pdf) -> None:
        kids = pdf.make_indirect(Array([]))
        pdf.Root.Pages.Kids = draw.choice([Array([pdf.Root.Pages]), kids])
        pdf.Root.Loop = pdf.make_indirect(Dictionary(Next=pdf.Root))

    return _document(harm, draw)


def _raw_document(inside: bytes) -> bytes:
    file, places = b"%PDF-1.4\n", []
    for number, written in enumerate(
        (b"<< /Type /Catalog /Pages 2 0 R /Extra %s >>" % inside, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"),
        start=1,
    ):  # fmt: skip
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return file + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(file)


@_kind("png", "refused")
def _image_of_fifty_thousand_by_fifty_thousand(draw: random.Random) -> bytes:
    return _png(_PIXELS, _PIXELS, draw.choice([0, 2, 6]), _zeros(10_000))


@_kind("png", "refused", "clean")
def _image_of_fifty_thousand_in_a_row(draw: random.Random) -> bytes:
    height = draw.choice([200, 1_000, 1_279])
    return _png(_PIXELS, height, 0, _zeros((_PIXELS + 1) * height))


@_kind("png", "refused", "clean")
def _image_of_as_many_pixels_as_are_read(draw: random.Random) -> bytes:
    """Four bytes each, so that one copy of it takes nearly all memory that there is."""
    height = draw.choice([1_250, 1_270, 1_279])
    return _png(_PIXELS, height, 6, _zeros((_PIXELS * 4 + 1) * 50))


@_kind("png", "refused")
def _image_that_takes_all_memory(draw: random.Random) -> bytes:
    """As many pixels, and colours that are to be converted: that takes a second copy."""
    profile = _chunk(b"iCCP", b"name\0\0" + zlib.compress(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()))
    return _png(_PIXELS, draw.choice([1_250, 1_270, 1_279]), 6, _zeros((_PIXELS * 4 + 1) * 50), profile)


@_kind("jpg", "refused")
def _photo_of_fifty_thousand_by_fifty_thousand(draw: random.Random) -> bytes:
    photo = _picture(draw, "JPEG")
    frame = photo.index(b"\xff\xc0")
    return photo[: frame + 5] + struct.pack(">HH", _PIXELS, _PIXELS) + photo[frame + 9 :]


@_kind("png", "refused", "clean")
def _image_whose_metadata_unpacks_without_end(draw: random.Random) -> bytes:
    packed = _zeros_as(b"x", draw.choice([70, 200]))
    name = draw.choice([b"zTXt", b"iCCP", b"iTXt"])
    body = b"name\0\x01\0\0\0" + packed if name == b"iTXt" else b"name\0\0" + packed
    return _png(24, 16, 0, _zeros(25 * 16), _chunk(name, body))


@_kind("png", "refused", "clean")
def _image_of_many_frames(draw: random.Random) -> bytes:
    frames = [_noise(draw) for _ in range(20)]
    return _encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])


# --- what they are not


@_kind("png", "refused")
def _page_with_the_name_of_an_image(draw: random.Random) -> bytes:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' onload='" + MARK + b"'/>"
    return draw.choice(
        [_SCRIPT, drawing, b"<?xml version='1.0'?>" + drawing, b"\xef\xbb\xbf" + drawing, b"\n \t" + _SCRIPT, b"GIF89a/*" + _SCRIPT]
    )


@_kind("pdf", "refused")
def _archive_with_the_name_of_a_document(draw: random.Random) -> bytes:
    return draw.choice(
        [_archive(), gzip.compress(bytes(_MEGABYTE)), b"%!PS-Adobe-3.0 " + MARK, b"{\\rtf1 " + MARK, b"\xd0\xcf\x11\xe0" + MARK]
    )


@_kind("jpg", "refused")
def _program_with_the_name_of_an_image(draw: random.Random) -> bytes:
    return draw.choice([b"MZ\x90\0", b"\x7fELF\x02", b"#!/bin/sh\n", b"\xca\xfe\xba\xbe", b"\0asm"]) + MARK + draw.randbytes(200)


@_kind("jpg", "refused")
def _image_of_another_kind(draw: random.Random) -> bytes:
    if draw.random() < 0.3:
        # HEIC, as telephones take it (ISO 14496-12).
        return struct.pack(">I", 24) + b"ftyp" + draw.choice([b"heic", b"mif1", b"avif"]) + bytes(12) + draw.randbytes(300)
    return _picture(draw, draw.choice(["GIF", "BMP", "TIFF", "WEBP", "ICO"]))


# --- damage


@_kind("png", "refused", "clean")
def _image_that_was_cut_off(draw: random.Random) -> bytes:
    whole = _picture(draw)
    return whole[: draw.randrange(4, len(whole))]


@_kind("pdf", "refused", "kept")
def _document_that_was_cut_off(draw: random.Random) -> bytes:
    whole = _document(lambda pdf: None, draw)
    return whole[: draw.randrange(5, len(whole))]


@_kind("pdf", "refused", "clean", "kept")
def _file_with_bytes_changed(draw: random.Random) -> bytes:
    whole = bytearray(draw.choice([_picture(draw, "JPEG"), _picture(draw, "PNG"), _document(lambda pdf: None, draw)]))
    for _ in range(draw.randrange(1, 20)):
        whole[draw.randrange(8, len(whole))] = draw.randrange(256)
    return bytes(whole)


@_kind("jpg", "refused", "clean")
def _image_with_hostile_exif(draw: random.Random) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = _SCRIPT.decode() * draw.randrange(1, 20)
    exif[ExifTags.Base.Orientation] = draw.choice([0, 1, 3, 6, 8, 9, 65_535])
    written = bytearray(_picture(draw, "JPEG", exif=exif))
    # The directory of its fields: how many there are, how long each is, where its value is.
    at = written.index(b"Exif\0\0") + 14
    for _ in range(draw.randrange(1, 6)):
        struct.pack_into(">I", written, at + draw.randrange(26), draw.choice([0, 8, 0xFFFFFFFF, 0x7FFFFFFF, draw.getrandbits(32)]))
    return bytes(written)


@_kind("jpg", "refused", "clean")
def _image_with_a_hostile_profile(draw: random.Random) -> bytes:
    return _picture(
        draw,
        draw.choice(["JPEG", "PNG"]),
        icc_profile=struct.pack(">I", draw.getrandbits(32)) + draw.randbytes(draw.choice([0, 128, 4_000])) + MARK,
    )


@_kind("jpg", "refused", "clean")
def _image_of_a_strange_mode(draw: random.Random) -> bytes:
    mode, kind = draw.choice([("CMYK", "JPEG"), ("L", "JPEG"), ("1", "PNG"), ("P", "PNG"), ("I;16", "PNG"), ("LA", "PNG")])
    return _encoded(Image.new(mode, (draw.randrange(1, 3_000), 1)), kind) + MARK
