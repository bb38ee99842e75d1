"""Take the pictures of the README from the running product: ``python scripts/take_screenshots.py ADDRESS``.

ADDRESS is that of ``jiqun demo``. Pictures go to ``docs/images``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PAGES = {
    "two-spaces": "clusters/two-space-generated/map",
    "profile": "clusters/retail-platform/profile",
}
# Headless machines have no graphics card; the software renderer draws the same.
ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def main(address: str) -> None:
    """Take each page in each language."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for language, locale in (("en", "en-GB"), ("zh", "zh-CN")):
            context = browser.new_context(viewport={"width": 1280, "height": 800}, locale=locale, color_scheme="light")
            for name, path in PAGES.items():
                page = context.new_page()
                page.goto(f"{address.rstrip('/')}/#/{path}?lang={language}")
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(4000)
                page.screenshot(path=IMAGES / f"{name}-{language}.png")
                page.close()
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
