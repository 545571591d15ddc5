"""Somebody without a mouse: whatever is done on a page is done by keys, and where the focus stands must be seen."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page

from tests.browser.screen import Screen

SELECT = "dialog[open] select, .step-form select"

# What fits, by selector and words; a field that is not drawn itself (a file's) goes by its label.
_FITS = """
const drawnAs = (element) => element.matches('.unseen') ? element.closest('label') : element;
const fits = (element) => element.matches(wanted)
  && `${drawnAs(element).textContent} ${element.ariaLabel}`.includes(text);
"""
_THERE = f"([wanted, text]) => {{ {_FITS} return [...document.querySelectorAll(wanted)].some(fits); }}"
# Of what has the focus: null where it does not fit, else what is wrong, '' where nothing is. Its ring is a shadow or an
# outline, of it or of what draws it.
_SEEN = r"""
  const focused = document.activeElement;
  if (!focused || !fits(focused)) return null;
  const drawn = drawnAs(focused);
  const box = drawn.getBoundingClientRect();
  const ringed = (element) => {
    const { boxShadow, outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && !/, 0\)$/.test(outlineColor);
    return element.matches(':focus-within') && (outlined || boxShadow !== 'none');
  };
  if (![drawn, drawn.parentElement, drawn.closest('label')].some((element) => element && ringed(element)))
    return 'no ring shows where the focus stands';
  const spots = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]];
  const seen = spots.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return top && (drawn.contains(top) || top.contains(drawn));
  });
  return seen ? '' : 'the focus stands outside the window or under something';
"""
_FOCUSED = f"([wanted, text]) => {{ {_FITS} {_SEEN} }}"


class Keyboard:
    """The keys of a window. Nothing here clicks, fills or focuses by itself."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.page: Page = screen.page
        self.page.on("filechooser", lambda _: None)  # told in good time that choosers are answered here

    def press(self, *keys: str) -> None:
        """One after the other: "Enter", "Shift+j", "Control+Enter"."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Into whatever has the focus, as an input method would hand it over."""
        self.page.keyboard.type(text)

    def to(self, selector: str, text: str = "", *, back: bool = False, most: int = 80) -> None:
        """Tab until what fits has the focus (`text` stands in it); what has it then must be seen to have it.

        Waits for what is not there yet; a step's form takes the focus by itself. Fails where no key leads to it.
        """
        self.screen.until(_THERE, [selector, text])
        if selector.startswith(".step-form"):
            self.screen.until("document.querySelector('.step-form:focus-within') !== null")
        for _ in range(most):
            if self._focused(selector, text) is not None:
                self._seen(selector, text)
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"no way by keys to {selector} {text}")

    def enter(self, selector: str, text: str = "", *, back: bool = False, most: int = 80) -> None:
        """Go there and press Enter."""
        self.to(selector, text, back=back, most=most)
        self.press("Enter")

    def attach(self, selector: str, payload: FilePayload) -> None:
        """Go to a file's field, open the chooser by Enter, take a file."""
        self.to(selector)
        with self.page.expect_file_chooser() as opened:
            self.press("Enter")
        opened.value.set_files(payload)

    def choose(self, text: str, selector: str = SELECT) -> None:
        """In the list that has the focus: down to the choice in which `text` stands."""
        chosen = "document.activeElement.selectedOptions?.[0]?.textContent ?? ''"
        assert self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector)
        self.press("Home")
        for _ in range(int(self.page.evaluate("document.activeElement.options.length"))):
            if text in str(self.page.evaluate(chosen)):
                return
            self.press("ArrowDown")
        raise AssertionError(f"no choice with {text}")

    def step(self, key: str) -> None:
        """The key of a step that the page offers now."""
        self.page.locator(f".steps [aria-keyshortcuts={key}]:not([disabled])").wait_for()
        self.press(key)

    def send(self) -> None:
        """Send the form that is open, from wherever in it the focus stands."""
        self.press("Control+Enter")
        self.page.locator(".step-form").wait_for(state="detached")

    def _focused(self, selector: str, text: str) -> str | None:
        """None: something else has the focus. Else what is wrong with it, "" where nothing is."""
        found = self.page.evaluate(_FOCUSED, [selector, text])
        return None if found is None else str(found)

    def _seen(self, selector: str, text: str) -> None:
        """Give the page a moment to scroll; then the focus must be seen."""
        for _ in range(20):
            if not (fault := self._focused(selector, text)):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{selector} {text}: {fault}")
