"""A demo that was made before its alarm buttons and video doors gets their senders, as it gets their simulators."""

from types import SimpleNamespace

import pytest

from deploy import services


@pytest.mark.parametrize(("unknown", "wanted"), [(True, [True, True]), (False, [False, False])])
def test_senders_that_a_seeded_demo_lacks_are_loaded(tmp_path, monkeypatch, unknown, wanted):
    monkeypatch.setattr(services, "_python", lambda *_command: None)
    monkeypatch.setattr(services, "_is_seeded", lambda _installation: True)
    monkeypatch.setattr(services, "_is_unknown_sender", lambda _installation, _code: unknown)
    folders = SimpleNamespace(demo=tmp_path, keys=tmp_path)
    steps = services.load_sources(SimpleNamespace(state=folders))
    assert [step.needed() for step in steps] == wanted
