"""Tile maps, cascades and overlap charts look as they did when somebody looked at them."""

from __future__ import annotations

from itertools import combinations

from baselines import assert_looks_like

from evidencekit.rendering.cascades import CascadeStep, cascade
from evidencekit.rendering.overlaps import Overlap, OverlapSet, overlap_chart
from evidencekit.rendering.rows import State
from evidencekit.rendering.tiles import Tile, tile_map

CAPTION = "Fictional survey, 2021. Shares of internet-using children aged 12 to 17. Lines: 95% intervals."


def test_tiles() -> None:
    hidden: dict[int, State] = {3: "protected", 10: "uncertain", 17: "review"}
    caution: dict[int, State] = {22: "caution", 39: "caution"}
    many = [
        Tile(f"A{k}", state=hidden[k]) if k in hidden else Tile(f"A{k}", round(k / 39, 2), state=caution.get(k, "shown")) for k in range(40)
    ]
    layout = {f"A{k}": divmod(k, 8) for k in range(40)}
    assert_looks_like(
        tile_map(many, layout=layout, title="Asked for a sexual image, by province", caption="Fictional survey, 2021."), "tiles-forty"
    )
    names = [["Hà Nội", "Hải Phòng", ""], ["", "Huế", "Đà Nẵng"], ["Cần Thơ", "", ""]]
    named = [
        *(Tile(name, share) for name, share in (("Hà Nội", 0.04), ("Hải Phòng", 0.125), ("Huế", 0.09), ("Đà Nẵng", 0.14))),
        Tile("Cần Thơ", state="protected", text="Không công bố"),
    ]
    assert_looks_like(tile_map(named, layout=names, title="Tỷ lệ theo tỉnh"), "tiles-vietnamese")
    ends = [Tile("None", 0.0), Tile("All", 1.0)]
    assert_looks_like(tile_map(ends, layout=[["None", "All"]], steps=[(0.5, ""), (1.0, "")]), "tiles-ends")
    row = [f"R{k}" for k in range(10)]
    assert_looks_like(tile_map([Tile(code, k / 9.3) for k, code in enumerate(row)], layout=[row]), "tiles-ten-columns")
    assert_looks_like(tile_map([Tile("One", 0.0)], layout=[["One"]]), "tiles-one")


def test_cascades() -> None:
    steps = [
        CascadeStep("Harmed", 1.0),
        CascadeStep("Told someone", 0.62, low=0.57, high=0.67),
        CascadeStep("Reported it to police, a helpline, a platform or a teacher", 0.15, low=0.12, high=0.19),
        CascadeStep("Got help", state="protected"),
        CascadeStep("Was satisfied with the help", 0.04, low=0.01, high=0.11, state="caution"),
    ]
    assert_looks_like(cascade(steps, title="Who finds help", caption=CAPTION), "cascades")
    assert_looks_like(cascade(steps[:1]), "cascades-one-step")
    shares = [1.0, 1.0, 0.9994, 0.5, 0.002, 0.0, 0.0]
    seven = [CascadeStep(f"Step {k}", v, low=0.9 * v, high=min(1.0, 1.1 * v + 0.005)) for k, v in enumerate(shares)]
    assert_looks_like(cascade(seven, title="Seven steps"), "cascades-seven-steps")
    local = [
        CascadeStep("Trẻ em bị hại trong mười hai tháng qua", 1.0, text="Tất cả"),
        CascadeStep("Đã kể với ai đó", 0.62, low=0.57, high=0.67),
        CascadeStep("Đã báo cáo", 0.2, low=0.1, high=0.3, before="32% số trẻ em đã kể với ai đó, theo cuộc khảo sát hộ gia đình năm 2021"),
        CascadeStep("Được giúp đỡ", state="uncertain", text="Không công bố: quá ít trẻ em được hỏi để nói chắc chắn về điều này"),
    ]
    assert_looks_like(cascade(local, title="Ai được giúp đỡ"), "cascades-vietnamese")


def test_overlaps() -> None:
    asked, threatened, sent, offered = (
        *("asked for a sexual image", "threatened", "sent unwanted sexual images"),
        "offered money or gifts for images or a meeting",
    )
    sets = [
        OverlapSet(asked, 0.14, low=0.11, high=0.18),
        OverlapSet(threatened, 0.06, low=0.04, high=0.09, state="caution"),
        OverlapSet(sent, 0.21, low=0.18, high=0.25),
        OverlapSet(offered, state="protected"),
    ]
    together = [
        Overlap([sent], 0.12, low=0.1, high=0.15),
        Overlap([asked], 0.05, low=0.03, high=0.08),
        Overlap([asked, sent], 0.04, low=0.02, high=0.07),
        Overlap([asked, threatened, sent], 0.02, low=0.005, high=0.05, state="caution"),
        Overlap([threatened, sent], state="uncertain"),
        Overlap([asked, offered], state="protected"),
        Overlap([asked, threatened, sent, offered], state="review"),
    ]
    assert_looks_like(overlap_chart(together, sets=sets, title="Harms that come together", caption=CAPTION), "overlaps")
    names = [f"A harm with a rather long name, number {k}" for k in range(7)]
    every = [c for n in (1, 2, 3, 7) for c in combinations(names, n)]
    chosen = [*every[:7], *every[7:-1][::3][:12], every[-1]]
    most = [
        Overlap(c, state="protected") if k in (5, 9) else Overlap(c, round(0.123 * 0.8**k, 3), low=0.086 * 0.8**k, high=0.172 * 0.8**k)
        for k, c in enumerate(chosen)
    ]
    totals = [OverlapSet(name, 0.3 - 0.03 * k) for k, name in enumerate(names)]
    assert_looks_like(overlap_chart(most, sets=totals, title="Seven harms, twenty combinations"), "overlaps-most")
    ends = [Overlap([], 0.5, low=0.0, high=1.0), Overlap(["one"], 1.0, low=1.0, high=1.0), Overlap(["two"], 0.0, low=0.0, high=0.02)]
    assert_looks_like(overlap_chart(ends, sets=[OverlapSet("one", 1.0), OverlapSet("two", 0.0)], title="Ends"), "overlaps-ends")
    none = overlap_chart([Overlap(["one"], state="protected")], sets=[OverlapSet("one", state="uncertain")], title="Nothing shown")
    assert_looks_like(none, "overlaps-nothing-shown")
