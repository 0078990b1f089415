"""Two devices and a browser with three tabs on one installation: replies are lost, items come twice and out of order, and clinical is killed under them."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

import httpx
import pytest
from attack.installation import AttackedInstallation
from drill.devices import Api, Browser, OfflineDevice, Tab, kept
from drill.faults import has_restarted, kill
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

# More of them in `make drill`.
EXAMPLES = int(os.environ.get("CASELOAD_OFFLINE_EXAMPLES", "5"))
MOST_KILLS = 1 + EXAMPLES // 5


@dataclass(frozen=True)
class Place:
    """Where they write, and what happened to them there."""

    installation: object
    url: str
    token: Callable[[int], str]
    counted: Counter = field(default_factory=Counter)


@pytest.fixture
async def place(suite_drill):
    """Access tokens are those of owners of the demonstration, by number; each is a sign-in of its own."""
    attacked = AttackedInstallation(suite_drill.installation)
    owners = await attacked.owners(attacked.demo_owner(), 1 + EXAMPLES)
    await suite_drill.ready()
    return Place(suite_drill.installation, suite_drill.gateway_url, lambda number: owners.sign_in(owners.user_ids[number], seconds=3000))


class Ward(RuleBasedStateMachine):
    """The notes of one client, which begin in the browser. Both devices are one user's; the browser is another's.

    One tab of the browser names the versions that it has read; two name none. They are one sign-in.
    """

    def __init__(self, place):
        super().__init__()
        self.place, self.begun, self.killed = place, 0, False
        self.devices = [OfflineDevice(Api(place.url, place.token(0))) for _ in range(2)]
        # Another one each time: nobody may write as often in a minute as all of them do.
        self.browser = Browser(Api(place.url, place.token(1 + place.counted["wards"] % EXAMPLES)))
        self.tabs = [Tab(self.browser.api) for _ in range(2)]
        place.counted["wards"] += 1

    @initialize()
    def begin(self):
        client = {"first_name": "Ada", "last_name": "Lovelace"}
        reply = self.browser.api.ask("POST", "/clients", json=client, headers={"Idempotency-Key": str(uuid4())})
        self.client_id = reply.json()["id"]
        self.create()

    # --- on the devices

    @rule(device=st.integers(0, 1))
    def begin_a_note(self, device):
        self.devices[device].begin(self.client_id)
        self.begun += 1

    @rule(device=st.integers(0, 1), number=st.integers(0, 9))
    def go_on_with_a_note(self, device, number):
        if names := sorted(self.devices[device].notes):
            self.devices[device].write(names[number % len(names)])

    @rule(device=st.integers(0, 1), number=st.integers(0, 9))
    def delete_a_word(self, device, number):
        if names := sorted(self.devices[device].notes):
            self.devices[device].delete(names[number % len(names)])

    @rule(device=st.integers(0, 1), number=st.integers(0, 9))
    def take_a_note_along(self, device, number):
        self.devices[device].open(self._one_known(number))

    @rule(device=st.integers(0, 1), is_reply_lost=st.booleans(), seed=st.integers(0, 2**16))
    def connect(self, device, is_reply_lost, seed):
        """Sends some of the queue, in any order, some of it twice."""
        chance, queue = random.Random(seed), self.devices[device].queue
        if not queue:
            return
        items = chance.sample(queue, k=chance.randint(1, len(queue)))
        items += chance.choices(items, k=chance.randint(0, 2))
        chance.shuffle(items)
        self.place.counted["lost replies"] += is_reply_lost
        self.devices[device].send(deepcopy(items), is_reply_lost=is_reply_lost)

    # --- in the browser

    @rule()
    def create(self):
        self.browser.create(self.client_id)
        self.begun += 1

    @rule(number=st.integers(0, 9))
    def read(self, number):
        self.browser.open(self._one_known(number))

    @rule(number=st.integers(0, 9), automatically=st.booleans(), is_reply_lost=st.booleans())
    def save(self, number, automatically, is_reply_lost):
        self.browser.save(self._one_shown(number), automatically=automatically, is_reply_lost=is_reply_lost)

    @rule(number=st.integers(0, 9))
    def sign(self, number):
        self.browser.finalize(self._one_shown(number))

    @rule(number=st.integers(0, 9))
    def make_it_a_draft_again(self, number):
        self.browser.unfinalize(self._one_shown(number))

    # --- in tabs that name no version

    @rule(tab=st.integers(0, 1), number=st.integers(0, 9))
    def type_in_a_tab(self, tab, number):
        """What a tab shows, it has read once."""
        note_id = self._one_known(number)
        if note_id not in self.tabs[tab].shown:
            self.tabs[tab].open(note_id)
        self.tabs[tab].type(note_id)

    @rule(number=st.integers(0, 9), turns=st.integers(1, 3))
    def take_turns_in_two_tabs(self, number, turns):
        """Both show the note before either types."""
        note_id = self._one_known(number)
        for tab in self.tabs:
            tab.open(note_id)
        for turn in range(turns + 1):
            self.tabs[turn % 2].type(note_id)

    @rule(number=st.integers(0, 9), times=st.integers(1, 2))
    def delete_in_a_tab_that_shows_less(self, number, times):
        """One tab types, and the other one, which has not shown that, only deletes what it has shown, or writes as it was."""
        note_id = self._one_known(number)
        for tab in self.tabs:
            tab.open(note_id)
        self.tabs[0].type(note_id)
        for _ in range(times):
            self.place.counted["deleted in tabs"] += self.tabs[1].delete(note_id)

    @rule(tab=st.integers(0, 1), number=st.integers(0, 9))
    def delete_in_a_tab(self, tab, number):
        """Of what it shows, which may be old by now."""
        note_id = self._one_known(number)
        if note_id in self.tabs[tab].shown:
            self.place.counted["deleted in tabs"] += self.tabs[tab].delete(note_id)

    # --- and something fails

    @rule(seed=st.integers(0, 2**16))
    def kill_clinical_under_them(self, seed):
        """No precondition: what a step may be must not depend on what other examples have done, or on what a kill has left."""
        if not self.killed and self.place.counted["kills"] < MOST_KILLS and any(each.queue for each in self.devices):
            self._kill(random.Random(seed).uniform(0, 0.05))

    def teardown(self):
        try:
            if self.begun:
                self._end()
        finally:
            for writer in (*self.devices, self.browser):
                writer.api.client.close()

    def _end(self):
        """The queues become empty; what anybody wrote and deleted on no device is somewhere, what tabs delete is too, and what was said to be deleted on a device is not in its note."""
        self.begin_a_note(0)
        self.devices[0].write(newest := list(self.devices[0].notes)[-1])
        self.devices[0].delete(newest)
        self.connect(0, is_reply_lost=True, seed=0)
        if not self.place.counted["kills"]:
            self._kill(0.01)
        for device in self.devices:
            device.drain()
        notes, said = kept(self.browser.api, self.client_id)
        words = {word for writer in (*self.devices, self.browser, *self.tabs) for word in writer.words}
        words -= {word for device in self.devices for word in device.deleted}
        lost = sorted(word for word in words if word not in said)
        assert not lost, f"{len(lost)} of {len(words)} words are nowhere: {lost[:5]}"
        texts = {note["id"]: note["subjective"] or "" for note in notes}
        gone = [(note_id, word) for device in self.devices for note_id, deleted in device.gone.items() for word in deleted]
        # What a tab has shown all the time, it writes again.
        written_again = set().union(*(tab.sent for tab in self.tabs))
        back = [word for note_id, word in gone if word in texts[note_id] and word not in written_again]
        assert not back, f"{len(back)} of {len(gone)} deleted words are back: {back[:5]}"
        copies = [note for note in notes if note["conflict_of"]]
        self.place.counted["taken out"] += sum(note["deleted_at"] is not None for note in copies)
        assert len(notes) - len(copies) == self.begun, "a note was begun twice, or not at all"
        assert {copy["conflict_of"] for copy in copies} <= {note["id"] for note in notes}
        self.place.counted.update(words=len(words), copies=len(copies), deleted=len(gone))

    def _kill(self, after):
        """Kills clinical so many seconds after a device has begun to send, and waits for the next one."""
        self.killed = True
        device = max(self.devices, key=lambda each: len(each.queue))
        sending = threading.Thread(target=_try_to_send, args=(device,))
        sending.start()
        time.sleep(after)
        victim = kill(self.place.installation, "clinical")
        assert victim.is_over
        sending.join()
        give_up = time.monotonic() + 60
        while not has_restarted(self.place.installation, "clinical", victim):
            assert time.monotonic() < give_up, "clinical is not started again"
            time.sleep(0.05)
        self.place.counted["kills"] += 1

    def _one_known(self, number):
        """A note that the server has, as far as somebody knows."""
        on_devices = {note.server_id for device in self.devices for note in device.notes.values() if note.server_id}
        known = sorted(on_devices | self.browser.seen.keys())
        return known[number % len(known)]

    def _one_shown(self, number):
        shown = sorted(self.browser.seen)
        return shown[number % len(shown)]


def _try_to_send(device):
    try:
        device.send(deepcopy(device.queue[:100]))
    except httpx.TransportError:
        """There is no reply; the items are still in the queue."""


def test_every_word_that_anybody_writes_is_kept_and_none_that_was_deleted_comes_back(place):
    run_state_machine_as_test(
        partial(Ward, place),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

    counted = place.counted
    assert counted["kills"] >= 1, counted
    assert counted["lost replies"] > 0, counted
    assert counted["copies"] > counted["taken out"] > 0, counted
    assert counted["deleted"] > 0, counted
    assert counted["deleted in tabs"] > EXAMPLES, counted
    assert counted["words"] > 5 * EXAMPLES, counted
