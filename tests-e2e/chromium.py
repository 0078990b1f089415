"""A headless Chromium for tests, driven by Playwright, and axe-core, which says how accessible a page is."""

import asyncio
import os
import shutil
from contextlib import asynccontextmanager
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# What axe-core finds of less weight is advice; these keep somebody out.
GRAVE = {"serious", "critical"}
SECONDS = 30.0
expect.set_options(timeout=SECONDS * 1000)
# What the browser says of every page that has such a status.
AN_ERROR_PAGE = "Failed to load resource: the server responded with a status of"


def executable():
    """The path of the browser: the environment's, or the operating system's package (scripts/chromium)."""
    found = os.environ.get("CASELOAD_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return found or (ON_A_MAC if Path(ON_A_MAC).exists() else None)


@asynccontextmanager
async def running_chromium():
    path = executable()
    assert path, "no Chromium is installed; scripts/chromium says how to install one"
    async with async_playwright() as playwright:
        # Only our own pages are opened, so it can do without its sandbox, which does not start for root and in many a container.
        browser = await playwright.chromium.launch(executable_path=path, args=["--disable-gpu"])
        try:
            yield browser
        finally:
            await browser.close()


class Tab:
    """A page in a context of its own, as a browser that has never been here: no cookies, no cache.

    `messages` is what the browser has warned of in its console, violations of a page's content policy among it, and script errors.
    """

    def __init__(self, page, protocol, *, script):
        self.page = page
        self._script = script
        self.messages = []
        self._protocol = protocol
        page.on("console", self._written)
        page.on("pageerror", lambda error: self.messages.append(str(error)))

    def _written(self, message):
        if message.type in {"warning", "error"} and not message.text.startswith(AN_ERROR_PAGE):
            self.messages.append(message.text)

    async def run_script(self, *, allowed):
        """Whether pages may run scripts. Playwright's `java_script_enabled` is for good and would keep axe-core out as well."""
        await self._protocol.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    async def barriers(self):
        """What axe-core finds serious or critical on the page, in words that lead to the element."""
        await self.run_script(allowed=True)
        async with asyncio.timeout(SECONDS):
            found = await Axe().run(self.page)
        await self.run_script(allowed=self._script)
        return [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html']}"
            for violation in found.response["violations"]
            if violation["impact"] in GRAVE
            for node in violation["nodes"]
        ]


@asynccontextmanager
async def fresh_tab(browser, *, script=False, **context):
    """Opens a tab, without script unless asked for; `context` is what Playwright's `new_context` takes, such as `locale`."""
    opened = await browser.new_context(**context)
    try:
        opened.set_default_timeout(SECONDS * 1000)
        page = await opened.new_page()
        tab = Tab(page, await opened.new_cdp_session(page), script=script)
        await tab.run_script(allowed=script)
        yield tab
    finally:
        await opened.close()
