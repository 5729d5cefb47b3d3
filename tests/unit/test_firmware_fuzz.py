"""A share of the campaigns in tests/firmware_fuzz.py, for every change."""

from firmware_fuzz import campaign


def test_whatever_an_inverter_answers_the_next_conversation_is_heard():
    modbus = campaign("modbus", 300)
    assert modbus.motor._bus.damaged > 50


def test_a_configuration_that_is_damaged_is_refused_in_words_or_loaded():
    image = campaign("image", 3000)
    assert image.refused > 1000
    assert image.loaded > 100
