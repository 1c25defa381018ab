"""Scripts run on connections of their own, and through every trouble that redis-py rides out."""

import threading
from collections.abc import Iterator

import pytest
import redis

from backlot.line.lean import LeanScripts
from backlot.line.scripting import connect
from backlot.line.settings import LineSettings


@pytest.fixture
def client(line_settings: LineSettings) -> Iterator["redis.Redis"]:
    """A client as the line has it."""
    client = connect(line_settings)
    yield client
    client.close()


def test_a_script_that_is_not_there_yet_is_loaded(client: "redis.Redis") -> None:
    """As after a restart of Redis."""
    client.script_flush()
    script = client.register_script("return {KEYS[1], ARGV[1], ARGV[2]}")
    lean = LeanScripts(client)
    assert lean.run(script, "k", ("a", 1)) == ["k", "a", "1"]
    client.script_flush()
    assert lean.run(script, "k", ("b", 2)) == ["k", "b", "2"]


def test_a_connection_that_was_cut_costs_nothing(client: "redis.Redis") -> None:
    """The command is given to redis-py, which connects again."""
    script = client.register_script("return ARGV[1]")
    lean = LeanScripts(client)
    assert lean.run(script, "k", ("before",)) == "before"
    client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    assert lean.run(script, "k", ("after",)) == "after"
    assert lean.run(script, "k", ("later",)) == "later"


def test_an_error_of_the_script_keeps_the_connection(client: "redis.Redis") -> None:
    """What Redis answers, the next command must not read as its own answer."""
    script = client.register_script("if ARGV[1] == 'bad' then return nope() end return ARGV[1]")
    lean = LeanScripts(client)
    for number in range(3):
        with pytest.raises(redis.ResponseError):
            lean.run(script, "k", ("bad",))
        assert lean.run(script, "k", (f"good {number}",)) == f"good {number}"


def test_threads_get_their_own_answers(client: "redis.Redis") -> None:
    """Many at once, never another one's answer."""
    script = client.register_script("return ARGV[1]")
    lean = LeanScripts(client)
    wrong: list[str] = []

    def ask(name: int) -> None:
        for number in range(200):
            word = f"{name}-{number}"
            answer = lean.run(script, "k", (word,))
            if answer != word:
                wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
