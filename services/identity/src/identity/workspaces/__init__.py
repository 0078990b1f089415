"""The tenants: one practice or one hospital each."""
