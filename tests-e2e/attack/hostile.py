"""Hostile values, texts, file names and headers, which break parsers that trust their input."""

import json

DEEP = "[" * 3000 + "]" * 3000
# JSON values as they are sent.
JSON_VALUES = {
    "NUL": r'"a\u0000b"',
    "a lone surrogate": r'"a\ud800b"',
    "a raw surrogate": b'"a\xed\xa0\x80b"',
    "not UTF-8": b'"a\xff\xfeb"',
    "a control character": r'"a\u001b[2Jb"',
    "text that turns around": r'"a\u202eb\u2066\u200b"',
    "a long text": json.dumps("x" * 300_000),
    "a long number": "9" * 4000,
    "a longer number": "9" * 5000,
    "a number beyond 64 bits": str(2**70),
    "a negative number": str(-(2**63) - 1),
    "infinity by exponent": "1e999",
    "NaN": "NaN",
    "deep nesting": DEEP,
    "an object": '{"": {"$ne": null}}',
    "a name twice": '{"a": 1, "a": 2}',
    "a list": '[[], {}, null, ""]',
    "true": "true",
    "null": "null",
    "an empty text": '""',
    "SQL": '"\'; DROP TABLE clients.clients; --"',
    "a template": '"${jndi:ldap://x/}{{7*7}}%s%n"',
}
# Query values as they are sent, percent-encoded.
QUERY_VALUES = (
    "%00", "%ED%A0%80", "%FF%FE", "%C0%80", "%zz", "%", "a" * 5000, "-1", "9" * 400, "0x10", "1e3", "NaN", "%0d%0aX-A:%20b", "%27%20OR%201=1--",
    "..%2f..%2fetc%2fpasswd", "%E2%80%AE", "true%00", "1%2C2", "%5B%5D", "",
)  # fmt: skip
PATHS = (
    "//api/v1/clients", "/api/v1/../v1/clients", "/api/v1/clients/..%2f..%2fhealth", "/api/v1/clients;x=1", "/api//v1/clients", "/api/v1/clients/",
    "/API/V1/CLIENTS", "/api/v1/clients%00", "/api/v1/clients%20", "/%2e%2e/%2e%2e/etc/passwd", "/files/../../etc/passwd", "/files/%2e%2e%2fkeyring.json",
    "/problems/..%2f..%2fx", "/problems/%3Cscript%3E", "http://elsewhere.example/api/v1/clients", "/api/v1/clients/%00", "/.env", "/metrics/", "*",
)  # fmt: skip
HEADERS = {
    "X-Forwarded-For": ("<script>, \xff", "1" * 5000, "::ffff:127.0.0.1, ::1", ", ,", "127.0.0.1:80"),
    "X-Forwarded-Proto": ("gopher", "https, http", "\xff"),
    "X-Forwarded-Host": ("evil.example",),
    "Host": ("evil.example", "a b", "x" * 3000),
    "User-Agent": ("\xff\xfe\x80" * 200, "a" * 20_000, "${jndi:ldap://x/}"),
    "X-Request-ID": ("a" * 129, "\xe9", "a b", "../../x", "%0d%0a"),
    "traceparent": ("00-" + "f" * 32 + "-" + "0" * 16 + "-01-more", "00-\xff", "0" * 3000),
    "Idempotency-Key": ("a" * 256, "\xe9", "", "\t"),
    "If-Match": ('"9"' * 2000, '"\xff"', '"99999999999999999999"', "W/*", '""'),
    "Cookie": ("access_token=\xff\xfe; =; ;;;", "csrf_token=" + "a" * 20_000, "access_token", '$Version="1"; access_token="x"'),
    "Authorization": ("Bearer \xff", "bearer", "Bearer " + "a." * 5000, "Digest x", "Bearer  ", "Bearer a b c"),
    "Range": ("bytes=0-0,1-1," + "2-2," * 1000,),
    "Accept": ("application/xml", "*/*;q=" + "0" * 1000, "\xff"),
    "Accept-Encoding": ("gzip;q=nan", "br" * 2000),
    "X-HTTP-Method-Override": ("DELETE",),
    "Connection": ("Upgrade", "close, keep-alive, x"),
    "Expect": ("200-maybe",),
    "Content-Encoding": ("gzip", "br, br"),
    "Origin": ("null", "http://evil.example", "\xff"),
}
CONTENT_TYPES = (
    "", "text/plain", "application/xml", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 3000, "application/json; charset=\xff", 'a/b; c="', "application/*",
    "application/json, text/html", "/", ";", 'application/json\t;\tcharset="', "image/svg+xml",
)  # fmt: skip
METHODS = ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "POST", "PROPFIND", "MKCOL", "PURGE", "M-SEARCH", "FOO", "get", "DELETE\t")
FILE_NAMES = (
    "../../../../etc/passwd.png", "..\\..\\windows\\system32\\x.png", "/etc/cron.d/x.png", "C:\\x.png", "a\u0000.png", "a\r\nX-A: b.png", ".", "..", "", " ",
    "x" * 10_000 + ".png", "a\u202egnp.exe", "%2e%2e%2fx.png", "a;b=c.png", 'a"b.png', "a/b\\c/", "con", "\ufeff.png", "é" * 255, "<script>.png", "~", "-rf", "`id`.png",
)  # fmt: skip
PNG_TOO_SHORT = b"\x89PNG\r\n\x1a\n"


def multipart(name, content, *, boundary="bound", file_name=None, disposition=None):
    """A multipart form with one file. The file name is not escaped."""
    header = disposition or f'form-data; name="{name}"' + ("" if file_name is None else f'; filename="{file_name}"')
    head = f"--{boundary}\r\nContent-Disposition: {header}\r\nContent-Type: image/png\r\n\r\n"
    return head.encode("utf-8", "surrogatepass") + content + f"\r\n--{boundary}--\r\n".encode()
