"""An installation that runs somewhere already: CASELOAD_E2E_URL is its gateway's address, CASELOAD_E2E_MAIL_URL that of its mail catcher."""

import os

import httpx


class Deployed:
    """What a journey needs of an installation it has not started."""

    composition = "deployed"

    def __init__(self, gateway_url, mail_url):
        self.gateway_url = gateway_url.rstrip("/")
        self._mail_url = mail_url.rstrip("/")

    def mail(self):
        """What was caught, newest first."""
        return httpx.get(f"{self._mail_url}/dev/mail", timeout=10).raise_for_status().json()


def deployed():
    """The installation that the environment names, if it names one."""
    if "CASELOAD_E2E_URL" not in os.environ:
        return None
    return Deployed(os.environ["CASELOAD_E2E_URL"], os.environ["CASELOAD_E2E_MAIL_URL"])
