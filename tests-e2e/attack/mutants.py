"""Mutated tokens: valid ones with small changes."""

import base64
import json
import random
import time
from uuid import uuid4

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def mutants(token, count, seed):
    """`count` different mutants of a token: changed characters, exchanged parts, changed header or claims with the old signature."""
    return _changed(token, count, seed, (_misspelt, _misspelt, _rewritten, _rewritten, _reheaded, _rearranged))


def misspellings(secret, count, seed):
    """`count` different texts that differ from the secret in one to three characters."""
    return _changed(secret, count, seed, (_misspelt,))


def _changed(token, count, seed, ways):
    chance = random.Random(seed)
    original, seen = decoded(token), set()
    while len(seen) < count:
        mutant = chance.choice(ways)(token, chance)
        # Base64 has unused bits: a text that decodes to the same token is the same token.
        if mutant not in seen and decoded(mutant) != original:
            seen.add(mutant)
            yield mutant


def decoded(token):
    try:
        return [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]
    except ValueError:
        return None


def _misspelt(token, chance):
    signs = list(token)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(signs))
        match chance.randrange(3):
            case 0:
                signs[place] = chance.choice(ALPHABET)
            case 1:
                signs.insert(place, chance.choice(ALPHABET))
            case _:
                del signs[place]
    return "".join(signs)


def _rewritten(token, chance):
    """The token with other claims under the old signature."""
    header, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    now = int(time.time())
    for name in chance.sample(sorted(claims), chance.randint(1, 3)):
        claims[name] = chance.choice(
            (
                str(uuid4()),
                now + chance.randrange(10**6),
                -1,
                None,
                "",
                "owner",
                "clients:read audit:read",
                ["caseload"],
                {"a": 1},
                True,
                1e400,
            )
        )
    if chance.random() < 0.2:
        del claims[chance.choice(sorted(claims))]
    return f"{header}.{_part(claims)}.{signature}"


def _reheaded(token, chance):
    header, body, signature = token.split(".")
    named = json.loads(base64.urlsafe_b64decode(header + "=="))
    named[chance.choice(("alg", "typ", "kid", "crit", "jku", "jwk", "x5u", "b64", "zip"))] = chance.choice(
        ("none", "NONE", "HS256", "RS256", "ES256", "EdDSA", "Ed25519", "JWT", "svc+jwt", "at+jwt", "", None, str(uuid4()), ["exp"], False,
         "https://keys.example/1", {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}, "../../../dev/null", "gateway", "identity")
    )  # fmt: skip
    endings = (signature, "", signature[: chance.randrange(len(signature))], _part([chance.random()]))
    return f"{_part(named)}.{body}.{chance.choice(endings)}"


def _rearranged(token, chance):
    parts = token.split(".")
    chance.shuffle(parts)
    return ".".join(parts + [chance.choice(parts)] * chance.randrange(3)) + "=" * chance.randrange(2) + str(chance.randrange(10**6))


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
