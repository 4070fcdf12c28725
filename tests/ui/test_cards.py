"""The cards of the shipped checkpoints are told in both languages."""

import json

import pytest

from lmcore.runtime.checkpoints import ROOT
from lmcore.text.catalogue import catalogue


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert", "static", "glove", "fasttext"])
def test_the_unit_of_every_shipped_card_has_a_text(family):
    unit = json.loads((ROOT / family / "card.json").read_text(encoding="utf8"))["unit"]
    assert f"cards.unit.{unit}" in catalogue()
