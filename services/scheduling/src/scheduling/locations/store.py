"""Where locations are kept. Row security confines every statement to the caller's workspace."""

from scheduling.catalogue import Catalogue
from scheduling.locations.rules import COLUMNS
from scheduling.tables import locations

catalogue = Catalogue(locations, COLUMNS, filters=("is_active", "location_type"))
