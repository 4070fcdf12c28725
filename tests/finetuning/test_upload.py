"""Tables that somebody brings: good ones become tasks, bad ones are refused in one sentence."""

import pytest

from lmcore.errors import InputError
from lmcore.finetuning.task import Kind, split
from lmcore.finetuning.upload import WIDE, Limits, kind_of, parse

ROWS = [(("good", "bad")[n % 2], f"text number {n}, of {('tea', 'fog')[n % 2]}") for n in range(24)]


def table(rows=ROWS, heading="label,text", separator=",") -> bytes:
    lines = [heading] + [separator.join(f'"{cell}"' for cell in row) for row in rows]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_good_table_becomes_a_task(separator, mark):
    heading = separator.join(("Label ", " text"))
    task = parse(mark + table(heading=heading, separator=separator), "classification")
    assert task.labels == ("bad", "good")
    assert [example.texts[0] for example in task.examples] == [text for _, text in ROWS]
    assert [task.labels[example.label] for example in task.examples] == [label for label, _ in ROWS]


def test_columns_stand_in_any_order_and_blank_lines_are_passed_over():
    rows = [(text, label) for label, text in ROWS]
    blank_lines = table(rows, "text,label") + b"\n\n  \n"
    assert parse(blank_lines, "classification") == parse(table(), "classification")


def test_pairs_and_choices():
    pairs = [(label, text, f"other {text}") for label, text in ROWS]
    task = parse(table(pairs, "label,text_a,text_b"), "similarity")
    assert task.kind == "similarity"
    assert task.examples[0].texts == (ROWS[0][1], f"other {ROWS[0][1]}")
    choices = [(str(n % 3 + 1), f"context {n}", "one", "two", "three") for n in range(20)]
    task = parse(table(choices, "label,context,choice_1,choice_2,choice_3"), "choice")
    assert task.labels == ("1", "2", "3")
    assert task.examples[4].label == 1


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("label,text", "classification"),
        ("label,text_a,text_b", "entailment"),
        ("label,context,choice_1,choice_2", "choice"),
    ],
)
def test_the_heading_speaks_for_a_kind(heading, kind):
    assert kind_of(heading.encode()) == kind


MANY = [(label, f"{text} {n}") for n in range(50) for label, text in ROWS]


def changed(number: int, row: tuple[str, ...]) -> bytes:
    return table([row if place == number else usual for place, usual in enumerate(ROWS)])


BAD: dict[str, tuple[bytes, Kind]] = {
    "table_empty": (b"  \n ", "classification"),
    "table_no_text": (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "classification"),
    "table_large": (b"label,text\n" + b"x" * 300_001, "classification"),
    "table_broken": (b'label,text\ngood,"never closed\n', "classification"),
    "table_columns": (table(heading="class,sentence"), "classification"),
    "table_ragged": (changed(3, ("good", "a", "b")), "classification"),
    "table_few_rows": (table(ROWS[:19]), "classification"),
    "table_many_rows": (table(MANY), "classification"),
    "table_cell_empty": (changed(3, ("good", " ")), "classification"),
    "table_cell": (changed(3, ("good", "word " * 41)), "classification"),
    "table_twice": (changed(3, ROWS[1]), "classification"),
    "table_label_long": (changed(3, ("g" * 31, "a text")), "classification"),
    "table_one_label": (table([("good", text) for _, text in ROWS]), "classification"),
    "table_many_labels": (table([(f"l{n}", f"t {n}") for n in range(22)]), "classification"),
    "table_rare_label": (changed(3, ("rare", "a text")), "classification"),
    "table_labels_alike": (changed(3, ("Good", "a text")), "classification"),
    "table_choice": (
        table([("3", f"c {n}", "a", "b") for n in range(20)], "label,context,choice_1,choice_2"),
        "choice",
    ),
    "table_parts": (
        table(
            [(("yes", "no")[n % 2], "one premise", f"hypothesis {n}") for n in range(40)],
            "label,text_a,text_b",
        ),
        "entailment",
    ),
}  # fmt: skip


CHINESE = [(("好", "坏")[n % 2], f"第{n}段文本，写的是{('茶', '雾')[n % 2]}。") for n in range(24)]


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "utf-8"]
)
@pytest.mark.parametrize("rows", [ROWS, CHINESE])
def test_a_table_is_read_in_the_encodings_that_spreadsheets_write(encoding, rows):
    text = table(rows).decode()
    task = parse(text.encode(encoding), "classification")
    assert [example.texts[0] for example in task.examples] == [text for _, text in rows]


def test_a_western_encoding_is_not_taken_for_chinese():
    rows = [(label, f"élève {text}, très cher, größer, naïveté") for label, text in ROWS]
    with pytest.raises(InputError) as caught:
        parse(table(rows).decode().encode("cp1252"), "classification")
    assert caught.value.code == "table_no_text"


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=,"])
def test_the_line_that_tells_excel_the_separator_is_no_heading(line: str):
    data = line.encode() + b"\r\n" + table(separator=";", heading="label;text")
    assert parse(data, "classification") == parse(table(), "classification")
    assert kind_of(line.encode() + b"\nlabel;text_a;text_b") == "entailment"
    ragged = line.encode() + b"\n" + changed(3, ("good", "a", "b"))
    with pytest.raises(InputError, match="Row 5"):  # as Excel counts, which does not show the line
        parse(ragged, "classification")


@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
def test_the_index_column_of_pandas_is_passed_over(name: str):
    rows = [(str(23 - n), *row) for n, row in enumerate(ROWS)]
    data = table(rows, f"{name},label,text")
    assert parse(data, "classification") == parse(table(), "classification")
    other = table([("x", *row) for row in ROWS], f"{name},label,text")
    with pytest.raises(InputError) as caught:
        parse(other, "classification")
    assert caught.value.code == "table_columns"


def test_labels_that_differ_in_how_they_are_written_are_named():
    for other in ("GOOD", "ｇｏｏｄ"):
        with pytest.raises(InputError) as caught:
            parse(table([*ROWS, *[(other, f"one more {n}") for n in range(9)]]), "classification")
        assert (caught.value.code, caught.value.values) == (
            "table_labels_alike",
            {"label": "good", "other": other},
        )


@pytest.mark.parametrize("code", BAD)
def test_a_bad_table_is_refused_with_what_is_wrong(code):
    data, kind = BAD[code]
    with pytest.raises(InputError) as caught:
        parse(data, kind)
    assert caught.value.code == code
    if "row" in caught.value.values:
        assert caught.value.values["row"] == (2 if code == "table_choice" else 5)


def test_few_premises_and_few_rows_of_each_answer_are_divided_all_the_same():
    """Whole texts go into a part where labels are too small or texts too large for a fifth."""
    pairs = [(("yes", "no")[n % 2], f"premise {n % 4}", f"so {n}") for n in range(40)]
    premises = parse(table(pairs, "label,text_a,text_b"), "entailment")
    choices = [(str(n % 5 + 1), f"context {n}", *"abcde") for n in range(20)]
    heading = "label,context," + ",".join(f"choice_{n}" for n in range(1, 6))
    answers = parse(table(choices, heading), "choice")
    for task, sizes in ((premises, (20, 10, 10)), (answers, (12, 4, 4))):
        divided = split(task)
        assert (len(divided.train), len(divided.validation), len(divided.test)) == sizes
        texts = [
            {example.texts[0] for example in part}
            for part in (divided.train, divided.validation, divided.test)
        ]
        assert sum(map(len, texts)) == len(set.union(*texts))
    assert len({example.label for example in split(answers).test}) == 4


def test_a_training_part_of_one_label_is_refused():
    """Two premises of one answer, one of the other: what is left to learn from has one answer."""
    rows = [("yes", f"premise {n % 2}", f"so {n}") for n in range(20)]
    rows += [("no", "premise 2", f"so {n}") for n in range(10)]
    with pytest.raises(InputError, match="too few or of one label") as caught:
        parse(table(rows, "label,text_a,text_b"), "entailment")
    assert caught.value.values["column"] == "text_a"
    many = [(label, text) for _ in range(60) for label, text in ROWS]
    divided = split(parse(table(many), "classification", limits=WIDE))
    assert (len(divided.train), len(divided.validation), len(divided.test)) == (840, 300, 300)


@pytest.mark.parametrize("text", ["\x00", "   \t", "\x07\x1b", "—" * 401])
def test_cells_that_cannot_be_read(text):
    with pytest.raises(InputError):
        parse(changed(3, ("good", text)), "classification")


@pytest.mark.parametrize(
    "text", ["=SUM(A1)", "<script>alert(1)</script>", "$x$ **b**", "我在银行", "[SEP] </s> {0}"]
)
def test_strange_text_is_text(text):
    task = parse(changed(3, ("good", text)), "classification")
    assert task.examples[3].texts == (text,)


def test_a_terminal_may_read_more_and_twice():
    many = [(label, text) for _ in range(60) for label, text in ROWS]
    with pytest.raises(InputError):
        parse(table(many), "classification")
    assert len(parse(table(many), "classification", limits=WIDE).examples) == len(many)
    assert Limits().size < 1_000_000  # what .streamlit/config.toml lets through
