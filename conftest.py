"""Two members' folders bear their packages' names. Imported first, the packages are found where their tests look for them."""

import gateway
import standalone

__all__ = ["gateway", "standalone"]
