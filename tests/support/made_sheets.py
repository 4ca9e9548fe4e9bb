"""Sheets of invented words and numbers, in English, Vietnamese, Khmer and Thai."""

from __future__ import annotations

from evidencekit.rendering.documents import Block, Box, Sheet, Table
from evidencekit.rendering.dots import DotRow, dot_chart
from evidencekit.rendering.icons import icon_array

SOURCE = "Source: Lumora Children Online Survey (fictional), 1,870 children aged 12-17 at home, March to May 2025. Released 1 June 2025."


def english() -> Sheet:
    """Give a full page: three headlines, two pictures, a table, three boxes."""
    return Sheet(
        title="What children in Lumora meet online, and whom they tell",
        language="en",
        content_note="This page is about harm to children online. It has no descriptions. Where to find help stands below.",
        blocks=_blocks(),
        boxes=_boxes(),
        footer=SOURCE,
    )


def _blocks() -> tuple[Block, ...]:
    told = (("A friend", 0.41, 0.33, 0.5), ("A parent", 0.18, 0.12, 0.26), ("A helpline", 0.03, 0.01, 0.08))
    return (
        Block(
            heading="About 1 in 8 internet-using children aged 12-17 were asked for an image they did not want to give.",
            big="About 1 in 8",
            lines=("Between 10 and 15 in 100, in the past 12 months.", "Girls and boys: we cannot tell whether one share is larger."),
            picture=icon_array(1, 8, legend=("were asked", "were not")),
            aside=("Children who were not at home that week are not counted.",),
        ),
        Block(
            heading="4 in 10 of those who were asked told a friend; few told a helpline.",
            big="4 in 10",
            lines=("Between 33 and 50 in 100 told a friend.", "A friend who knows what to do can be the first help."),
            picture=dot_chart([DotRow(who, share, low=low, high=high) for who, share, low, high in told]),
            aside=("Based on 224 children.",),
        ),
        Block(
            heading="Schools that taught how to refuse and report saw more children tell an adult.",
            lines=("34 in 100 told an adult there, 21 in 100 elsewhere.",),
            table=Table(
                caption="Children who told an adult, of 100 who were asked",
                header=("Schools", "Share", "Interval"),
                rows=(("With lessons", "34%", "26 to 43"), ("Without", "21%", "15 to 28")),
            ),
            aside=("Schools chose to teach the lessons: other things may differ between them.",),
        ),
    )


def _boxes() -> tuple[Box, ...]:
    do = "Ministry of Education: lessons on refusing and reporting in every school by September 2026."
    how = "A probability sample of households; children answered alone on a tablet."
    return (
        Box(title="What to do", lines=(do, "Marker: share of children who tell an adult."), strong=True),
        Box(title="Where to find help", lines=("Lumora Child Helpline: 000, free, day and night.",), strong=True),
        Box(title="How we know", lines=(how, "Intervals are at the 95% level and account for the design.")),
    )


def hostile() -> Sheet:
    """Give a sheet whose every text tries to be something else than text."""
    bad = '</title><script>alert(1)</script><img src=x onerror=alert(1)> " onload="x\' & ]]> \u202e{{7*7}} \x00\x08'
    picture = icon_array(1, 8, title=bad, legend=(bad[:20], "--><b>x"), alt=bad)
    table = Table(caption=bad, header=("", bad[:30]), rows=(("--> ]]>", bad[:9]),))
    return Sheet(
        title=bad,
        language="en",
        content_note=bad,
        blocks=(Block(heading=bad, big="<script>", lines=(bad,), picture=picture, table=table, aside=(bad,)),),
        boxes=(Box(title=bad, lines=(bad,), strong=True),),
        footer=bad,
    )


def local(language: str) -> Sheet:
    """Give a page in Vietnamese, Khmer or Thai: short invented sentences, for the shape of the letters, not for what they say."""
    big, rest, line, title, note, box = {
        "vi": (
            *("Khoảng 1 trên 8", " trẻ em từ 12 đến 17 tuổi dùng internet đã được hỏi."),
            *(
                "Từ 10 đến 15 trên 100 trẻ em, trong 12 tháng qua.",
                "Trẻ em Lumora trên mạng",
                "Trang này nói về sự an toàn của trẻ em trên mạng.",
            ),
            "Tìm trợ giúp ở đâu",
        ),
        "km": (
            *("ប្រហែល 1 ក្នុង 8", " នៃកុមារអាយុ 12 ដល់ 17 ឆ្នាំ ដែលប្រើអ៊ីនធឺណិត ត្រូវបានសួរ។"),
            *("ពី 10 ទៅ 15 នាក់ ក្នុងកុមារ 100 នាក់ ក្នុង 12 ខែកន្លងមក។", "កុមារនៅលើអ៊ីនធឺណិត", "ទំព័រនេះនិយាយអំពីសុវត្ថិភាពរបស់កុមារ។"),
            "កន្លែងស្វែងរកជំនួយ",
        ),
        "th": (
            *("ประมาณ 1 ใน 8", " ของเด็กอายุ 12 ถึง 17 ปีที่ใช้อินเทอร์เน็ตเคยถูกถาม"),
            *("ระหว่าง 10 ถึง 15 คนจากเด็ก 100 คน ในช่วง 12 เดือนที่ผ่านมา", "เด็กกับโลกออนไลน์", "หน้านี้เกี่ยวกับความปลอดภัยของเด็ก"),
            "ขอความช่วยเหลือได้ที่ไหน",
        ),
    }[language]
    block = Block(heading=big + rest, big=big, lines=(line, line), picture=icon_array(1, 8, title=title, legend=(big, rest)), aside=(line,))
    return Sheet(
        title=title,
        language=language,
        content_note=note,
        blocks=(block, block, Block(heading=big + rest, big=big, lines=(line,))),
        boxes=(Box(title=box, lines=(line,), strong=True), Box(title=title, lines=(line, note))),
        footer=note,
    )
