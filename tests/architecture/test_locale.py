"""Every text for people has its Chinese, and no translation is a guess."""

import gettext
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
APPS = ("grid", "gis_layers", "events", "webapp")
_JAVASCRIPT_KEYWORDS = ("gettext", "say:1", "ngettext:1,2", "pgettext:1c,2")

pytestmark = pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs GNU gettext")


def _run(*command: str, cwd: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stdout + done.stderr


def _msgids(po: Path, *, untranslated: bool) -> set[str]:
    """The msgids of a catalogue; fuzzy ones don't count, untranslated ones only when asked."""
    if untranslated:
        filled = po.with_suffix(".filled.po")
        _run("msgen", str(po), "-o", str(filled))
        po = filled
    binary = po.with_suffix(".check.mo")
    _run("msgfmt", "--check-format", "-o", str(binary), str(po))
    with binary.open("rb") as file:
        keys = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key if isinstance(key, str) else key[0] for key in keys if key}


def _translated(domain: str, tmp_path: Path) -> set[str]:
    kept = tmp_path / f"kept-{domain}.po"
    shutil.copy(CATALOGUES / f"{domain}.po", kept)
    return _msgids(kept, untranslated=False)


def _used_in_python_and_templates(tmp_path: Path) -> set[str]:
    for app in APPS:
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("client", "__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "locale").mkdir()
    _run(sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-location", cwd=tmp_path)
    return _msgids(tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po", untranslated=True)


def _used_in_the_client(tmp_path: Path) -> set[str]:
    sources = [
        str(path)
        for path in sorted((ROOT / "webapp" / "client" / "src").rglob("*.ts*"))
        if ".test." not in path.name and path.suffix in {".ts", ".tsx"}
    ]
    if not sources:
        return set()
    found = tmp_path / "client.po"
    found.touch()
    keywords = [f"--keyword={keyword}" for keyword in _JAVASCRIPT_KEYWORDS]
    _run("xgettext", "--language=JavaScript", "--from-code=UTF-8", "-k", *keywords, "-o", str(found), *sources)
    text = found.read_text(encoding="utf-8")
    if not text:
        return set()
    found.write_text(text.replace("nplurals=INTEGER; plural=EXPRESSION", "nplurals=1; plural=0"), encoding="utf-8")
    return _msgids(found, untranslated=True)


def test_texts_of_python_and_templates_are_translated(tmp_path: Path) -> None:
    missing = _used_in_python_and_templates(tmp_path) - _translated("django", tmp_path)
    assert not missing, "locale/zh_Hans/LC_MESSAGES/django.po lacks:\n" + "\n".join(sorted(missing)).replace(
        "\x04", " | "
    )


def test_texts_of_the_client_are_translated(tmp_path: Path) -> None:
    missing = _used_in_the_client(tmp_path) - _translated("djangojs", tmp_path)
    assert not missing, "locale/zh_Hans/LC_MESSAGES/djangojs.po lacks:\n" + "\n".join(sorted(missing)).replace(
        "\x04", " | "
    )


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_no_translation_is_a_guess(domain: str) -> None:
    text = (CATALOGUES / f"{domain}.po").read_text(encoding="utf-8")
    assert "#, fuzzy" not in text
    assert ", fuzzy" not in text


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_translations_keep_their_placeholders_and_are_chinese(domain: str, tmp_path: Path) -> None:
    kept = tmp_path / f"{domain}.po"
    shutil.copy(CATALOGUES / f"{domain}.po", kept)
    _run("msgfmt", "--check", "-o", str(tmp_path / "x.mo"), str(kept))
