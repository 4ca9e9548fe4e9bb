"""Words of one finding in English and in the languages that have a draft, and in one that nobody speaks."""

from __future__ import annotations

from dataclasses import dataclass

from checked_languages import spelled

from evidencekit.findings import Words

__all__ = ["EVERY", "SHORT", "TOLD", "WHOLE"]

WHOLE = Words(
    did="were sent unwanted messages",
    people="children aged 12-17",
    groups={"sex": {"girl": "girls aged 12-17", "boy": "boys aged 12-17"}},
    recall="in the past 12 months",
)


@dataclass(frozen=True)
class Local:
    """Words of one language."""

    did: str
    children: str
    girls: str
    boys: str
    recall: str


TOLD = {
    "vi": Local(
        "bị gửi tin nhắn không mong muốn", "trẻ em 12-17 tuổi", "trẻ em gái 12-17 tuổi", "trẻ em trai 12-17 tuổi", "trong 12 tháng qua"
    ),
    "id": Local(
        "menerima pesan yang tidak diinginkan",
        "anak usia 12-17 tahun",
        "anak perempuan usia 12-17 tahun",
        "anak laki-laki usia 12-17 tahun",
        "dalam 12 bulan terakhir",
    ),
    "fil": Local(
        "nakatanggap ng di-kanais-nais na mensahe",
        "batang edad 12-17",
        "batang babaeng edad 12-17",
        "batang lalaking edad 12-17",
        "sa nakalipas na 12 buwan",
    ),
    "th": Local("ได้รับข้อความที่ไม่พึงประสงค์", "เด็กอายุ 12-17 ปี", "เด็กผู้หญิงอายุ 12-17 ปี", "เด็กผู้ชายอายุ 12-17 ปี", "ในช่วง 12 เดือนที่ผ่านมา"),
    "km": Local("បានទទួលសារដែលមិនចង់បាន", "កុមារអាយុ 12-17 ឆ្នាំ", "កុមារីអាយុ 12-17 ឆ្នាំ", "កុមារាអាយុ 12-17 ឆ្នាំ", "ក្នុងរយៈពេល 12 ខែកន្លងមក"),
    "el": Local(*map(spelled, ("were sent unwanted messages", "children", "girls", "boys", "in the past months"))),
}
EVERY = WHOLE
for tag, one in TOLD.items():
    EVERY = EVERY.also(tag, did=one.did, people=one.children, groups={"sex": {"girl": one.girls, "boy": one.boys}}, recall=one.recall)
SHORT = Words(did="were asked", people="children").also("el", did=spelled("were asked"), people=spelled("children"))
