"""Files as spreadsheets and other systems write them, read without a server."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.storage.spool import Spool
from clients.imports.reading import ClientFile


async def read(content, *, is_json=False, mapping=None, encoding=""):
    """The file's encoding, what it has that is not imported, and its rows: values that are set, or the fault."""
    spool = Spool()
    await spool.append(content)
    await spool.complete()
    with spool:
        file = ClientFile(spool, is_json=is_json, mapping=mapping or {}, encoding=encoding)
        rows = [row.fault or {name: value for name, value in row.values.items() if value is not None} for row in file.rows()]
        return file.encoding, list(file.ignored), rows


LINES = "Vorname;Nachname;Geburtsdatum\nÄnne;Müller;1.3.1980\n"
ANNE = {"first_name": "Änne", "last_name": "Müller", "date_of_birth": "1980-03-01"}


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LINES.encode(), "utf-8"),
        (LINES.encode("utf-8-sig"), "utf-8"),
        (LINES.encode("utf-16"), "utf-16"),
        (LINES.encode("cp1252"), "cp1252"),
        (LINES.replace("\n", "\r\n").encode(), "utf-8"),
        (LINES.replace("\n", "\r").encode(), "utf-8"),
        (LINES.replace(";", "\t").encode(), "utf-8"),
        (LINES.replace(";", ",").encode(), "utf-8"),
        (b"sep=;\r\n" + LINES.encode(), "utf-8"),
        (LINES.encode() + b";;\n\n", "utf-8"),
    ],
    ids=["utf-8", "bom", "utf-16", "windows", "crlf", "cr", "tabs", "commas", "sep", "empty lines"],
)
async def test_what_a_spreadsheet_writes_is_read(content, encoding):
    assert await read(content) == (encoding, [], [ANNE])


HEBREW = "שם פרטי,שם משפחה,תאריך לידה,טלפון\nעדה,לבלייס,1.3.1980,03-1234567\n"
ADA = {"first_name": "עדה", "last_name": "לבלייס", "date_of_birth": "1980-03-01", "phone": "03-1234567"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1255"])
async def test_hebrew_is_read_as_hebrew_spreadsheets_write_it(encoding):
    assert await read(HEBREW.encode("utf-8-sig" if encoding == "utf-8" else encoding)) == (encoding, [], [ADA])


OF_OTHER_LETTERS = [("cp1251", "Анна", "Петрова"), ("cp1253", "Ελένη", "Παπαδοπούλου"), ("cp1256", "فاطمة", "الزهراء")]


@pytest.mark.parametrize(("encoding", "first", "last"), [*OF_OTHER_LETTERS, ("mac_roman", "Jürgen", "Großmann")])
async def test_what_nobody_can_tell_is_read_as_it_says(encoding, first, last):
    content = f"first_name,last_name\n{first},{last}\n".encode(encoding)
    assert await read(content, encoding=encoding) == (encoding, [], [{"first_name": first, "last_name": last}])


@pytest.mark.parametrize(
    "content",
    [
        *(f"first_name,last_name\n{first},{last}\n".encode(encoding) for encoding, first, last in OF_OTHER_LETTERS),
        # UTF-8 with a byte that somebody has broken: none of its names is to be imported as "MÃ¼ller".
        "first_name,last_name\nJürgen,Müller\nÄnne,Großmann\n".encode() + b"A,B\xfc\n",
    ],
    ids=["cyrillic", "greek", "arabic", "broken utf-8"],
)
async def test_names_are_not_imported_in_letters_that_nobody_wrote(content):
    with pytest.raises(Invalid) as refused:
        await read(content)
    assert refused.value.code == "import_encoding_unknown"


@pytest.mark.parametrize("encoding", ["utf-32", "rot13", "zlib", "idna", "unicode_escape"])
async def test_an_encoding_that_no_spreadsheet_writes_is_refused(encoding):
    with pytest.raises(Invalid) as refused:
        await read(b"first_name,last_name\na,b\n", encoding=encoding)
    assert refused.value.code == "import_encoding_unknown"


@pytest.mark.parametrize("is_json", [False, True])
@pytest.mark.parametrize(
    ("content", "encoding"),
    [(LINES.encode("cp1252"), "utf-8"), (LINES.encode(), "utf-16"), (LINES.encode("utf-16")[:-1], "utf-16"), (b"[]", "utf-16")],
)
async def test_a_file_that_is_not_in_the_encoding_that_it_says_is_refused(content, encoding, is_json):
    with pytest.raises(Invalid) as refused:
        await read(content, encoding=encoding, is_json=is_json)
    assert refused.value.code == "import_file_unreadable"


@given(st.text(st.characters(min_codepoint=0xC0, max_codepoint=0xFF), max_size=40), st.integers(1, 64 * 1024))
@settings(max_examples=30, deadline=None)
async def test_what_a_byte_is_does_not_depend_on_where_the_file_is_cut(letters, before):
    """A file is looked at piece by piece."""
    name = " ".join(f"M{letter}ller" for letter in letters) or "Müller"
    content = b"first_name,last_name,notes\nA," + name.encode("cp1252") + b"," + b"x" * before + b"\n"
    encoding, _, rows = await read(content)
    assert (encoding, rows[0]["last_name"]) == ("cp1252", name)


async def test_a_cell_may_have_quoted_lines_delimiters_and_formulas():
    content = b'first_name,last_name,notes,tags\r\nAda,"Lovelace, Lady","two\r\nlines, ""quoted""",a; b\r\n=cmd(),+1,@x,\r\n'
    _, _, rows = await read(content)
    assert rows == [
        {"first_name": "Ada", "last_name": "Lovelace, Lady", "notes": 'two\r\nlines, "quoted"', "tags": ["a", "b"]},
        {"first_name": "=cmd()", "last_name": "+1", "notes": "@x"},
    ]


async def test_no_name_of_a_column_takes_long_to_read():
    # Marks on one letter in an order that takes long to sort.
    column = "a" + "\u0315" * 50_000 + "\u0334" * 50_000
    begun = time.thread_time()
    _, ignored, rows = await read(f"first_name,last_name,{column}\nAda,Lovelace,x\n".encode())
    assert time.thread_time() - begun < 3
    assert (len(ignored), rows) == (1, [{"first_name": "Ada", "last_name": "Lovelace"}])


async def test_a_cell_that_is_longer_than_the_csv_modules_own_limit_is_read():
    _, _, rows = await read(b"first_name,last_name\nAda," + b"x" * 140_000 + b"\n")
    assert len(rows[0]["last_name"]) == 140_000


async def test_columns_are_found_by_many_names_and_by_the_mapping():
    content = "Prénom;NOM;Rufname;Colour\nA;B;C;red\n".encode()
    _, ignored, rows = await read(content, mapping={"Rufname": "external_id"})
    assert (ignored, rows) == (["Colour"], [{"first_name": "A", "last_name": "B", "external_id": "C"}])


async def test_beside_a_first_name_a_name_is_the_last_name():
    _, _, rows = await read(b"Vorname;Name\nIda;Berg\n")
    assert rows == [{"first_name": "Ida", "last_name": "Berg"}]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import_file_unsuitable"),
        (b"first_name\nAda\n", "import_file_unsuitable"),
        (b"first_name,first_name,last_name\na,b,c\n", "import_file_unsuitable"),
        (b"first_name,Vorname,last_name\na,b,c\n", "import_file_unsuitable"),
        (b'first_name,last_name\n"Ada,b\nc,d\n', "import_file_unreadable"),
        (b"first_name,last_name\n\x81\xfe,b\n", "import_file_unreadable"),
        (b"first_name,last_name\n" + b"a,b\n" * 200_001, "import_file_unsuitable"),
        (b"x" * 3_000_000, "import_file_unreadable"),
        (b"first_name,last_name\n" + b"ab," * 500_000, "import_file_unreadable"),
        (b"sep=,\n" + b"x" * 3_000_000, "import_file_unreadable"),
        (b'first_name,last_name\n"' + b"a\n" * 600_000 + b'",b\n', "import_file_unreadable"),
    ],
    ids=[
        "empty",
        "no last name",
        "one name twice",
        "one field twice",
        "open quotation mark",
        "no text",
        "too many",
        "no lines",
        "endless row",
        "endless columns",
        "endless cell",
    ],
)
async def test_a_file_that_cannot_be_meant_is_refused(content, code):
    with pytest.raises(Invalid) as refused:
        await read(content)
    assert refused.value.code == code


@pytest.mark.parametrize("mapping", [{"first_name": "colour"}, {"a": "email", "b": "email"}, {"absent": "email"}])
async def test_a_mapping_that_cannot_be_meant_is_refused(mapping):
    with pytest.raises(Invalid) as refused:
        await read(b"first_name,last_name,a,b\n1,2,3,4\n", mapping=mapping)
    assert refused.value.code == "import_mapping_invalid"


@pytest.mark.parametrize(
    ("line", "pointer"),
    [("A,B,32.1.2020,", "/date_of_birth"), ("A,B,1/3/1980,", "/date_of_birth"), ("A,B,,perhaps", "/is_active"), ("A,B,,,more", "")],
)
async def test_a_cell_that_says_nothing_sensible_is_a_fault_of_its_row(line, pointer):
    _, _, rows = await read(f"first_name,last_name,dob,active\n{line}\nC,D,2020-01-31,Nein\n".encode())
    assert (rows[0].pointer, rows[1]) == (pointer, {"first_name": "C", "last_name": "D", "date_of_birth": "2020-01-31", "is_active": False})


async def test_objects_are_read_by_the_names_of_their_members():
    content = json.dumps(
        [
            {
                "first_name": "Ada",
                "colour": "x",
                "last_name": "Lovelace",
                "tags": ["a"],
                "is_active": False,
                "external_id": 17,
                "email": None,
            },
            3,
            {"first_name": {}},
            {"first_name": "\ud800", "last_name": "B"},
            {"first_name": "C", "last_name": "D", "\ud800": 1},
            {"tags": [1]},
            {"lastName": "A", "last_name": "B"},
        ]
    ).encode()
    _, ignored, rows = await read(content, is_json=True)
    assert ignored == ["colour", "?"]
    assert rows[0] == {"first_name": "Ada", "last_name": "Lovelace", "tags": ["a"], "is_active": False, "external_id": "17"}
    assert rows.pop(4) == {"first_name": "C", "last_name": "D"}
    assert [row.pointer for row in rows[1:]] == ["", "/first_name", "/first_name", "/tags", "/last_name"]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1", b"[1,", b"[1 2]", b'[{"a": 1}', b"[" + b"[" * 100_000, b"[" + b"9" * 5_000 + b"]", b"[1]\n[2]", b"[], 1"]
)
async def test_what_is_no_array_is_refused(content):
    with pytest.raises(Invalid) as refused:
        await read(content, is_json=True)
    assert refused.value.code == "import_file_unreadable"


@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=40) | st.integers() | st.none(), max_size=3), max_size=20),
    st.integers(0, 3),
)
@settings(max_examples=60, deadline=None)
async def test_an_array_has_as_many_rows_as_items_however_it_is_written(items, indent):
    _, _, rows = await read(json.dumps(items, indent=indent or None).encode(), is_json=True)
    assert len(rows) == len(items)
