"""Korean particles and endings."""

import pytest

from services.lm_worker.prose.particles import has_final, joined, with_particles


class TestParticles:
    """Marks and sounds."""

    @pytest.mark.parametrize(
        ("marked", "right"),
        [
            ("텀블러[을/를]", "텀블러를"),
            ("향수병[을/를]", "향수병을"),
            ("스튜디오[이/가]", "스튜디오가"),
            ("배경[이/가]", "배경이"),
            ("의자[은/는]", "의자는"),
            ("흰색[과/와] 초록[과/와]", "흰색과 초록과"),
            ("유리[으로/로]", "유리로"),
            ("대리석[으로/로]", "대리석으로"),
            ("잎[이면/면]", "잎이면"),
        ],
    )
    def test_the_particle_follows_the_last_sound(self, marked: str, right: str) -> None:
        """A word that ends in a consonant takes the first form, any other the second."""
        assert with_particles(marked) == right

    @pytest.mark.parametrize("word", ["돌", "불빛 아래의 물", "서울"])
    def test_after_rieul_the_way_particle_is_short(self, word: str) -> None:
        """으로 becomes 로 after a final ㄹ, although ㄹ is a consonant."""
        assert with_particles(f"{word}[으로/로]") == f"{word}로"

    def test_digits_and_letters_count_as_spoken(self) -> None:
        """3 is 삼, 2 is 이, K is 케이, L is 엘."""
        assert (
            with_particles("3[은/는] 2[은/는] 5600K[이/가] XL[으로/로]") == "3은 2는 5600K가 XL로"
        )

    def test_a_closing_bracket_does_not_hide_the_word(self) -> None:
        """What stands before a bracket decides."""
        assert with_particles("(유리)[을/를]") == "(유리)를"

    def test_nothing_has_no_final(self) -> None:
        """An empty word ends in no consonant."""
        assert not has_final("")


class TestJoined:
    """Predicates that go on."""

    @pytest.mark.parametrize(
        ("closing", "going_on"),
        [
            ("시선을 붙잡아 둡니다", "시선을 붙잡아 두고"),
            ("온기를 더합니다", "온기를 더하고"),
            ("선을 긋습니다", "선을 긋고"),
            ("무늬를 만듭니다", "무늬를 만들고"),
            ("형태를 감쌉니다", "형태를 감싸고"),
            ("제품을 앉혀 줍니다", "제품을 앉혀 주고"),
            ("위에서 일렁입니다", "위에서 일렁이고"),
        ],
    )
    def test_a_closing_predicate_goes_on(self, closing: str, going_on: str) -> None:
        """The formal ending becomes the joining one, and a lost ㄹ comes back."""
        assert joined(closing) == going_on

    def test_anything_else_is_refused(self) -> None:
        """A phrase that does not close is a fault of the data, not a guess."""
        with pytest.raises(ValueError, match="not a closing form"):
            joined("온기를 더하고")
