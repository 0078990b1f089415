"""How clients pay."""

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.fields import Schema, Text

PaymentMode = Literal["manual", "smart_link"]
PaymentLinkType = Literal["bit", "paybox", "bank", "custom"]


class PaymentSettings(Schema):
    payment_mode: PaymentMode | None
    bank_account_details: str | None
    payment_link_type: PaymentLinkType | None
    payment_link_template: str | None
    payment_provider: str | None


class PaymentSettingsUpdate(Schema):
    payment_mode: PaymentMode | None = None
    bank_account_details: Annotated[Text | None, Field(max_length=2000)] = None
    payment_link_type: PaymentLinkType | None = None
    payment_link_template: Annotated[
        Text | None,
        Field(
            max_length=2000,
            description="An https address, in which {amount} and {reference} are replaced; for bit and paybox a telephone number will do.",
        ),
    ] = None
    payment_provider: Annotated[Text | None, Field(max_length=100, description="What clients know it by.")] = None


class PaymentLink(Schema):
    payment_link: Annotated[str | None, Field(description="null where there is none to follow, as for a bank transfer.")]
    payment_type: PaymentLinkType
    amount: Annotated[str, Field(description="A decimal number.")]
    display_text: Annotated[str, Field(description="How to pay, for people.")]
