"""What an appointment may cost, and what its service costs."""

from decimal import Decimal, InvalidOperation

from chassis.errors import Fault, Invalid

# Below this, and with this many places after the point.
_MAX_PRICE = Decimal(10_000_000)
_PRICE_PLACES = 3
# ISO 4217: the currencies whose smallest unit is not a hundredth.
_PLACES = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0) | dict.fromkeys(
    ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3
)


def check_price(text: str) -> Decimal:
    """The price as a number, with the places it was written with. Raises Invalid unless it is one from 0 to 9,999,999.999."""
    try:
        price = Decimal(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else None
    except InvalidOperation:
        price = None
    if price is None or price >= _MAX_PRICE or -int(price.as_tuple().exponent) > _PRICE_PLACES:
        detail = f"must be a decimal number like 80.00, below {_MAX_PRICE} and with at most {_PRICE_PLACES} places"
        raise Invalid("payment_price_invalid", "This is not a price.", faults=[Fault("/payment_price", detail)])
    return price


def price_of_service(minor_units: int | None, currency: str | None) -> Decimal | None:
    """What the service costs, as a number: 8000 minor units are 80.00, in a currency that has hundredths. None where it has no such price."""
    if minor_units is None:
        return None
    price = Decimal(minor_units).scaleb(-_PLACES.get(currency or "", 2))
    return price if price < _MAX_PRICE else None
