"""Typed words of other languages: numbers that are no age or time and loaded words are refused in them too."""

from __future__ import annotations

import pickle

import pytest

from evidencekit.errors import InputError
from evidencekit.findings import Catalogue, Words


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("vi", "1 trong 8 trẻ em"),
        ("vi", "12% trẻ em"),
        ("vi", "một cuộc khủng hoảng"),
        ("vi", "phim khiêu dâm trẻ em"),
        ("th", "เด็ก 8 คน"),
        ("th", "เด็ก ๘ คน"),
        ("th", "วิกฤตของเด็ก"),
        ("km", "កុមារ ៨ នាក់"),
        ("km", "វិបត្តិ"),
        ("id", "8 anak"),
        ("id", "krisis anak"),
        ("fil", "8 bata"),
        ("fil", "isang krisis"),
        ("lo", "8 people"),
        ("vi", "child porn"),
    ],
)
def test_numbers_and_loaded_words_are_refused_in_every_language(tag: str, words: str) -> None:
    with pytest.raises(InputError, match="of Words holds"):
        Words(did="were asked").also(tag, did=words)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("vi", "trẻ em dưới 18 tuổi"),
        ("vi", "năm 2026"),
        ("th", "อายุ 12 ถึง 17 ปี"),
        ("th", "พ.ศ. 2569"),
        ("th", "ในช่วง ๑๒ เดือน"),
        ("km", "អាយុ ១២ ដល់ ១៧ ឆ្នាំ"),
        ("id", "usia 12 sampai 17 tahun"),
        ("fil", "edad 12 hanggang 17 taong gulang"),
        ("lo", "12-17"),
    ],
)
def test_ages_and_times_may_stand_in_every_language(tag: str, words: str) -> None:
    assert Words(did="were asked").also(tag, did=words).others[tag].did == words


def test_a_language_of_ones_own_brings_its_words_for_times() -> None:
    lao = Catalogue(language="lo", messages={}, times=("ເດືອນ", "ປີ"))
    both = Words(did="were asked").also(lao, did="ໃນ 12 ເດືອນ")
    assert pickle.loads(pickle.dumps(both)) == both
    with pytest.raises(InputError, match="holds a number"):
        Words(did="were asked").also(lao, did="ໃນ 12 ຄົນ")
