"""Request bodies as JSON (RFC 8259), without the extensions that Python's decoder accepts."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import Depends, Request
from fastapi.dependencies.utils import get_parameterless_sub_dependant
from fastapi.routing import APIRoute
from starlette.responses import Response

from gateway.request import KEY, GatewayRequest
from gateway.routing.unknown import body_shape, check_members


def read_json(body: bytes) -> Any:
    """The decoded body. Raises JSONDecodeError, which does not quote the body, for anything that two decoders might read differently."""
    try:
        value = _decoder.decode(body.decode())
        if b"\\u" in body:
            # An escape may be a lone surrogate, which UTF-8 cannot encode.
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except json.JSONDecodeError:
        raise
    except UnicodeDecodeError:
        raise _wrong("it is not UTF-8") from None
    except UnicodeEncodeError:
        raise _wrong("it holds half a character") from None
    except RecursionError:
        raise _wrong("it is nested too deeply") from None
    except ValueError:
        raise _wrong("it holds a number that is too large") from None


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        # Decoders differ in which of the two they keep, and a proxy may keep another than we do.
        raise _wrong("a name is given twice")
    return found


def _no_number(_word: str) -> NoReturn:
    raise _wrong("it holds a number that JSON does not know")


def _wrong(why: str) -> json.JSONDecodeError:
    return json.JSONDecodeError(why, "", 0)


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


class _Request(Request):
    # The body, once it has been decoded.
    decoded: Any = None

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = self.decoded = read_json(await self.body())
        return self._json


class JsonRoute(APIRoute):
    """A route whose body is decoded by `read_json` and may not consist of unknown members, as `check_body`, its last dependency, sees to."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.shape = body_shape(self)
        if self.shape is not None:
            # The last of the dependencies: whoever is not signed in learns nothing else.
            self.dependant.dependencies.append(get_parameterless_sub_dependant(depends=Depends(self.check_body), path=self.path_format))

    async def check_body(self, http: Request) -> None:
        if isinstance(http, _Request) and http.decoded is not None:
            self.check_decoded(http.scope[KEY], http.decoded)

    def check_decoded(self, request: GatewayRequest, value: Any) -> None:
        """As `check_members`, for a decoded body of this route."""
        if self.shape is not None:
            check_members(request, value, self.shape)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            return await handle(_Request(request.scope, request.receive))

        return handle_json
