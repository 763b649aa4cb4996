"""Questions to the person: one at a time, answered from any thread, withdrawn when nobody waits."""

from __future__ import annotations

import queue
import threading
import time

from console.core.prompt import Asked, Field, Kind, Prompt, Question, Reply


def question(server: str = "gpu-1") -> Question:
    return Question(server, Kind.PASSWORD, "me@host", (Field("password"),))


def asking(prompt: Prompt, server: str, into: list[Reply | None]) -> threading.Thread:
    thread = threading.Thread(target=lambda: into.append(prompt.ask(question(server))))
    thread.start()
    return thread


def test_nobody_who_listens_is_nobody_who_answers() -> None:
    assert Prompt().ask(question()) is None


def test_a_face_answers_from_a_thread_of_its_own() -> None:
    prompt, mailbox = Prompt(), queue.SimpleQueue[Asked]()
    prompt.listen(mailbox.put)
    got: list[Reply | None] = []
    first, second = asking(prompt, "a", got), asking(prompt, "b", got)
    asked = mailbox.get(timeout=5)
    time.sleep(0.1)
    assert mailbox.empty(), "a second question while the first is on the screen"
    asked.answer(Reply(("one",)))
    asked.answer(Reply(("too late",)))
    mailbox.get(timeout=5).answer(None)
    first.join(5)
    second.join(5)
    assert not asked.is_open
    assert {reply.texts if reply else None for reply in got} == {("one",), None}


def test_a_question_is_withdrawn_with_its_server_and_all_with_the_console() -> None:
    prompt, mailbox = Prompt(), queue.SimpleQueue[Asked]()
    prompt.listen(mailbox.put)
    got: list[Reply | None] = []
    threads = [asking(prompt, "a", got)]
    asked = mailbox.get(timeout=5)
    threads += [asking(prompt, "b", got), asking(prompt, "c", got)]
    time.sleep(0.1)
    prompt.withdraw("a")
    assert not asked.is_open
    mailbox.get(timeout=5)
    prompt.close()
    for thread in threads:
        thread.join(5)
    assert got == [None, None, None]
    assert prompt.ask(question()) is None
    assert not prompt.is_heard


def test_a_reply_does_not_show_itself() -> None:
    assert "hunter2" not in repr(Reply(("hunter2",)))
