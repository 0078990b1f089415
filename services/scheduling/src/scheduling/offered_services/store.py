"""Where services are kept. Row security confines every statement to the caller's workspace."""

from scheduling.catalogue import Catalogue
from scheduling.offered_services.rules import COLUMNS
from scheduling.tables import services

catalogue = Catalogue(services, COLUMNS, filters=("is_active",))
