"""What a file's columns and cells mean."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from chassis.errors import Conflict, Fault, Invalid
from chassis.unicode_forms import normalized

# Imported before the answer; more is a job.
MOST_AT_ONCE = 1_000
MOST_ROWS = 200_000
# Told of the rows that cannot be imported; `failed` counts all of them.
MOST_ERRORS = 100
_MOST_COLUMNS = 200
REQUIRED = ("first_name", "last_name")

# By what a column may be called beside the field's own name: English, German, French, Spanish and Hebrew, without accents.
_NAMES: Mapping[str, Sequence[str]] = {
    "first_name": ("firstname", "given name", "forename", "vorname", "prenom", "nombre", "שם פרטי"),
    "last_name": (
        "lastname",
        "surname",
        "family name",
        "nachname",
        "familienname",
        "nom",
        "nom de famille",
        "apellido",
        "apellidos",
        "שם משפחה",
    ),
    "email": (
        "e-mail",
        "email address",
        "e-mail address",
        "mail",
        "courriel",
        "correo",
        "correo electronico",
        "דואל",
        'דוא"ל',
        "דוא״ל",
        "אימייל",
        "מייל",
    ),
    "phone": (
        "telephone",
        "phone number",
        "mobile",
        "telefon",
        "telefonnummer",
        "handy",
        "telefono",
        "movil",
        "טלפון",
        "מספר טלפון",
        "נייד",
        "טלפון נייד",
    ),
    "date_of_birth": (
        "birth date",
        "birthdate",
        "birthday",
        "dob",
        "geburtsdatum",
        "date de naissance",
        "fecha de nacimiento",
        "תאריך לידה",
    ),
    "address": ("anschrift", "adresse", "direccion", "כתובת"),
    "medical_history": ("anamnese", "antecedents", "historial medico", "היסטוריה רפואית"),
    "emergency_contact_name": ("emergency contact", "notfallkontakt", "איש קשר לחירום"),
    "emergency_contact_phone": ("notfalltelefon", "טלפון לחירום"),
    "is_active": ("active", "aktiv", "actif", "activo", "פעיל"),
    "consent_status": ("consent", "einwilligung", "consentement", "consentimiento", "הסכמה"),
    "notes": ("note", "comment", "notizen", "bemerkung", "remarques", "notas", "הערות", "הערה"),
    "tags": ("labels", "schlagworte", "etiquettes", "etiquetas", "תגיות"),
    "gender": ("sex", "geschlecht", "sexe", "sexo", "מין", "מגדר"),
    "time_zone": ("timezone", "zeitzone", "אזור זמן"),
    "external_id": (
        "client number",
        "client id",
        "patient id",
        "patient number",
        "kundennummer",
        "patientennummer",
        "מספר לקוח",
        "מספר מטופל",
    ),
}
FIELDS = frozenset(_NAMES)
# As spreadsheets name them: of Windows, of DOS in Western and Central Europe and Israel, and of former Macs.
ENCODINGS = ("utf-8", "utf-16", *(f"cp{page}" for page in range(1250, 1259)), "cp437", "cp850", "cp852", "cp862", "mac_roman")
_YES = frozenset({"true", "yes", "y", "1", "x", "ja", "j", "oui", "o", "si", "s", "wahr", "vrai", "verdadero", "כן"})
_NO = frozenset({"false", "no", "n", "0", "", "nein", "non", "falsch", "faux", "falso", "לא"})
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SEPARATORS = re.compile(r"[\s_]+")


def _name(text: str) -> str:
    """A column's name without case, accents and the way its words are joined."""
    plain = "".join(c for c in normalized("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _SEPARATORS.sub(" ", plain).strip()


_BY_NAME = {_name(name): field for field, others in _NAMES.items() for name in (field, *others)}


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raises Invalid for a field that clients do not have, or that two columns are to fill."""
    faults = [Fault("/mapping", f"names a field that clients do not have; they have {', '.join(sorted(FIELDS))}")]
    if not FIELDS.issuperset(mapping.values()):
        raise Invalid("import_mapping_invalid", "The mapping names a field that clients do not have.", faults=faults)
    if len(set(mapping.values())) < len(mapping):
        raise Invalid("import_mapping_invalid", "The mapping fills a field twice.", faults=[Fault("/mapping", "fills a field twice")])


def check_encoding(encoding: str) -> None:
    """Raises Invalid for one that spreadsheets do not write."""
    if encoding not in ENCODINGS:
        raise unknown_encoding(f"cannot be read as that; `encoding` is one of {', '.join(ENCODINGS)}")


def unknown_encoding(detail: str) -> Invalid:
    return Invalid("import_encoding_unknown", f"The file {detail}.", faults=[Fault("/encoding", detail)])


def fields_of(columns: Sequence[str], mapping: Mapping[str, str]) -> list[str | None]:
    """The field of each column: as the mapping says, else by the column's own name; None for what is not imported.

    Raises Invalid where two columns have one name or fill one field, where a mapped column is not there, and without a first or last name.
    """
    named = [column.strip() for column in columns]
    if len(columns) > _MOST_COLUMNS:
        raise _unsuitable(f"has more than {_MOST_COLUMNS} columns")
    if len({name for name in named if name}) < sum(1 for name in named if name):
        raise _unsuitable("has two columns of one name")
    if not mapping.keys() <= set(named):
        raise Invalid(
            "import_mapping_invalid",
            "The mapping names a column that is not there.",
            faults=[Fault("/mapping", "names a column that is not there")],
        )
    mapped = set(mapping.values())
    fields = [mapping.get(name) or (field if (field := _BY_NAME.get(_name(name))) not in mapped else None) for name in named]
    if "first_name" in fields and "last_name" not in fields:
        # Beside a first name, a name is the other one: "Vorname;Name".
        fields = [field or ("last_name" if _name(name) == "name" else None) for name, field in zip(named, fields, strict=True)]
    filled = [field for field in fields if field]
    if len(set(filled)) < len(filled):
        raise _unsuitable("has two columns for one field; say in `mapping` which is meant")
    if missing := [field for field in REQUIRED if field not in filled]:
        raise _unsuitable(f"has no column for {' and '.join(missing)}; say in `mapping` which is meant")
    return fields


def values_of_cells(fields: Sequence[str | None], cells: Sequence[str]) -> dict[str, Any]:
    """What a line of a CSV file says of a client: a value for every field, None where it says nothing. ValueError where it has too many cells."""
    if len(cells) > len(fields) and any(cell.strip() for cell in cells[len(fields) :]):
        raise ValueError("has more cells than there are columns")
    values: dict[str, Any] = dict.fromkeys(_NAMES)
    for field, cell in zip(fields, cells, strict=False):
        if field and cell.strip():
            values[field] = _CELLS.get(field, _as_it_is)(cell)
    return values


def values_of_members(members: Mapping[str, Any], mapping: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """What an object of a JSON file says of a client, and which of its members are not imported. ValueError for a value of the wrong type."""
    values: dict[str, Any] = dict.fromkeys(_NAMES)
    ignored = []
    mapped = set(mapping.values())
    for name, value in members.items():
        field = mapping.get(name) or (found if (found := _BY_NAME.get(_name(name))) not in mapped else None)
        if field is None:
            ignored.append(name)
        elif values[field] is not None:
            raise CellError(field, "is given twice")
        elif value is not None:
            values[field] = _member(field, value)
    return values, ignored


def check_rows(number: int) -> None:
    if number > MOST_ROWS:
        raise _unsuitable(f"has more than {MOST_ROWS} clients; import it in parts")


def check_can_be_undone(kind: str, status: str, *, dry_run: bool) -> None:
    """Raises Conflict for a job that is no import or a dry run, or one that is not over."""
    if kind != "import_clients" or dry_run:
        raise Conflict("no_import", "This job has imported nothing.")
    if status in ("pending", "running"):
        raise Conflict("import_running", "The import is still under way; cancel it, or wait for its end.")


def check_unused(in_use: int) -> None:
    if in_use:
        raise Conflict("import_in_use", "Clients of the import are in use.", facts={"clients": in_use})


def check_not_held(clients: int) -> None:
    if clients:
        raise Conflict("under_legal_hold", "Legal holds keep clients of the import.", facts={"clients": clients})


def _member(field: str, value: Any) -> Any:
    wanted: type | tuple[type, ...] = {"tags": (list, str), "is_active": (bool, str), "consent_status": (bool, str)}.get(field, (str, int))
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted == (str, int)):
        raise CellError(field, "has a value of another type")
    if isinstance(value, list):
        if not all(isinstance(tag, str) for tag in value):
            raise CellError(field, "must be a list of texts")
        return [_encodable(field, tag) for tag in value]
    if isinstance(value, str):
        value = _encodable(field, value)
    return value if isinstance(value, bool) else _CELLS.get(field, _as_it_is)(str(value))


class CellError(ValueError):
    """What is wrong with one field of a row. Never contains the value."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


def _encodable(field: str, text: str) -> str:
    """JSON can name half a character, which no text can have."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CellError(field, "must be valid Unicode") from None
    return text


def _as_it_is(cell: str) -> str:
    return cell


def _yes_or_no(field: str) -> Callable[[str], bool]:
    def read(cell: str) -> bool:
        word = _name(cell)
        if word not in _YES | _NO:
            raise CellError(field, "must be yes or no")
        return word in _YES

    return read


def _day(cell: str) -> str:
    """A date as 2026-03-01 or 1.3.2026; whether 1/3/2026 is in January or March nobody can know."""
    text = cell.strip()
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            raise CellError("date_of_birth", "must be a date of the calendar") from None
    if "/" in text:
        raise CellError("date_of_birth", "must be like 1980-03-01 or 1.3.1980; with slashes nobody can tell day from month")
    # Spreadsheets write a time beside a date.
    return text.removesuffix(" 00:00:00").removesuffix("T00:00:00")


def _tags(cell: str) -> list[str]:
    return [tag.strip() for tag in re.split(r"[;,|]", cell) if tag.strip()]


_CELLS: Mapping[str, Callable[[str], Any]] = {
    "is_active": _yes_or_no("is_active"),
    "consent_status": _yes_or_no("consent_status"),
    "date_of_birth": _day,
    "tags": _tags,
}


def unknown_columns(columns: Sequence[str], fields: Collection[str | None]) -> list[str]:
    return [column.strip() for column, field in zip(columns, fields, strict=True) if field is None and column.strip()]


def _unsuitable(detail: str) -> Invalid:
    return Invalid("import_file_unsuitable", f"The file {detail}.", faults=[Fault("", detail)])
