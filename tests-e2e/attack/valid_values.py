"""Replaces values in generated requests by valid ones, with ids of real resources in one workspace."""

import itertools
import random
import time
import unicodedata
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from attack.installation import PASSWORD
from attack.supervisee import Supervisee
from chassis.auth.tokens import AccessSigner
from standalone.selftest.operations import meaning, now, picture, text, times
from standalone.selftest.worlds import first_delivery

_hours = itertools.count(2)
# Requests that delete or finalize their resource: each gets a new one.
CONSUMES = {
    "POST /api/v1/invitations/{user_id}/resend": "invited_id",
    "POST /api/v1/platform-admin/resend-invitation/{user_id}": "workspace_id",
    "POST /api/v1/platform-admin/workspaces/{workspace_id}/suspend": "workspace_id",
    "DELETE /api/v1/platform-admin/workspaces/{workspace_id}": "workspace_id",
    "POST /api/v1/platform-admin/workspaces/{workspace_id}/reactivate": "suspended_id",
    "DELETE /api/v1/platform-admin/blacklist/{email}": "blacklisted",
    "PATCH /api/v1/workspaces/{workspace_id}/storage/quota": "workspace_id",
    "DELETE /api/v1/clients/{client_id}": "client_id",
    "POST /api/v1/clients/{client_id}/merge": "pair",
    "POST /api/v1/clients/{client_id}/merge/undo": "merged",
    "DELETE /api/v1/clients/{client_id}/permanent": "client_id",
    # Its own, so that the others stay open.
    "PUT /api/v1/clients/{client_id}/care-team": "client_id",
    "POST /api/v1/clients/{client_id}/break-glass": "guarded_id",
    "POST /api/v1/audit/break-glass/{break_glass_id}/review": "broken_glass_id",
    "DELETE /api/v1/appointments/{appointment_id}": "appointment_id",
    "POST /api/v1/appointments/{appointment_id}/send-payment-request": "payable_id",
    "GET /api/v1/appointments/{appointment_id}/payment-link": "payable_id",
    "DELETE /api/v1/api-keys/{api_key_id}": "api_key_id",
    "DELETE /api/v1/departments/{department_id}": "department_id",
    "DELETE /api/v1/services/{service_id}": "service_id",
    "DELETE /api/v1/locations/{location_id}": "location_id",
    "DELETE /api/v1/slots/hold/{hold_id}": "slot_hold_id",
    "DELETE /api/v1/holidays/{holiday_id}": "holiday_id",
    "DELETE /api/v1/series/{series_id}": "series_id",
    "DELETE /api/v1/calendar-feeds/{feed_id}": "feed_id",
    "DELETE /api/v1/waitlist/{entry_id}": "entry_id",
    "DELETE /api/v1/reminders/configurations/{configuration_id}": "configuration_id",
    "DELETE /api/v1/reminders/templates/{template_id}": "reminder_template_id",
    "POST /api/v1/webhooks": "webhook_room",
    "DELETE /api/v1/webhooks/{webhook_id}": "webhook_id",
    "POST /api/v1/webhooks/{webhook_id}/enable": "webhook_id",
    "POST /api/v1/webhooks/{webhook_id}/rotate-secret": "webhook_id",
    "DELETE /api/v1/sessions/{session_id}/attachments/{attachment_id}": "attachment_id",
    "PUT /api/v1/plans/{plan_id}": "plan_id",
    "DELETE /api/v1/clients/{client_id}/attachments/{attachment_id}": "attachment_id",
    "POST /api/v1/clients/{client_id}/attachments/download-multiple": "attachment_id",
    "DELETE /api/v1/plans/{plan_id}": "plan_id",
    "PUT /api/v1/plans/{plan_id}/milestones/order": "milestone_id",
    "DELETE /api/v1/plans/{plan_id}/milestones/{milestone_id}": "milestone_id",
    "DELETE /api/v1/plans/{plan_id}/measures/{measure_id}": "measure_id",
    "POST /api/v1/clients/{client_id}/consents/{consent_id}/withdraw": "consent_id",
    "POST /api/v1/sessions/{session_id}/finalize": "session_id",
    "PATCH /api/v1/sessions/{session_id}/finalize": "session_id",
    "POST /api/v1/sessions/{session_id}/unfinalize": "signed_id",
    "POST /api/v1/sessions/{session_id}/cosign": "waiting_id",
    "POST /api/v1/sessions/{session_id}/return": "waiting_id",
    "DELETE /api/v1/sessions/{session_id}": "session_id",
    "DELETE /api/v1/note-templates/{template_id}": "template_id",
    "POST /api/v1/sessions/{session_id}/restore": "deleted_id",
    "DELETE /api/v1/sessions/{session_id}/permanent": "deleted_id",
    **dict.fromkeys(
        (f"POST /api/v1/alerts/{{alert_id}}/{action}" for action in ("acknowledge", "resolve", "cancel", "escalate")), "alert_id"
    ),
    "DELETE /api/v1/on-call/overrides/{override_id}": "override_id",
    "DELETE /api/v1/reminders/channels/sms": "sms_channel",
    "POST /api/v1/reminders/channels/sms/rotate-secret": "sms_channel",
}
WORDS = {
    "time_zone": ("Europe/Berlin", "America/New_York", "UTC"),
    "locale": ("en", "de-DE", "pt-BR"),
    "currency": ("EUR", "USD"),
    "payment_price": ("80.00", "0", "12.5"),
    "payment_link_template": ("https://pay.example.com/{reference}?amount={amount}",),
    "slug": ("sso-of-generated-requests",),
    "issuer": ("https://login.example.org",),
    "url": ("https://hooks.invalid/caseload",),
    "event_types": (["client.created"], ["client.erased", "session.finalized"]),
    "enabled": (False,),
    "required": (False,),
    "default_role": (None,),
    "group_roles": ([],),
    "mapping": ("{}",),
    "email_domains": ([],),
    "role": ("assistant", "therapist"),
    "email": ("ada@example.com", "o'hara+knee@sub.example.org", "用户@例え.jp"),
    "shift_schedule": ({}, {"mon": [{"start": "08:00", "end": "16:00"}]}, None),
    "scopes": (["clients:read"], ["appointments:read", "sessions:read"]),
    "reason": ("a slip of the pen",),
    "comment": ("Which knee?",),
    "country": ("DE", "FR", "IL"),
    "subdivision": (None,),
    "from": ("2031-03-03", "2031-03-04T09:00:00Z"),
    "to": ("2031-03-05", "2031-04-01T09:00:00+02:00"),
    "earliest": ("2031-03-03T09:00:00Z",),
    "latest": ("2031-04-01T09:00:00+02:00",),
    "slot_step_minutes": (5, 15, 60),
    "content_hash": (None,),
    "quiet_start": ("21:00",),
    "quiet_end": ("08:00",),
    "subject": ("Termin am {date}",),
    "text": ("{first_name}: {date}, {time}",),
    "html": (None, "<p>{date} {time}</p>"),
    "diagnosis_code": ("F32.1", "m545", None),
    "alert_type": ("medical", "Code Blue"),
    "room_number": ("3.14", None),
    "expires_at": (None,),
    "replaces_user_id": (None,),
    "rrule": ("FREQ=DAILY;COUNT=2", "FREQ=WEEKLY;COUNT=1"),
    "levels": ([{"after_seconds": 3600, "notify_roles": ["owner"], "notify_on_call": False, "channels": ["email"]}],),
}


class ValidValues:
    """Provides ids of existing resources, consistent times, existing zones and printable names."""

    def __init__(self, attacked, person, colleagues, owners, api, seed):
        self.api, self.person, self.chance, self._installation = api, person, random.Random(seed), attacked
        self._owners, self._signed_in_at, self._has_logged_in = owners, time.monotonic(), False
        self._signer = AccessSigner(attacked.home.access_key.read_bytes())
        self._pools = {
            "user_id": [colleague.user_id for colleague in colleagues[1:]],
            "practitioner_id": [person.user_id],
            "workspace_id": [person.workspace_id],
        }
        self._colleague, self._password = colleagues[0], PASSWORD
        # What the newest request was to use up.
        self._consumed = {}
        for _ in range(4):
            for kind in (
                "client_id",
                "department_id",
                "service_id",
                "location_id",
                "appointment_id",
                "series_id",
                "attachment_id",
                "configuration_id",
                "milestone_id",
                "template_id",
                "job_id",
                "export_id",
                "hold_id",
                "alert_id",
                "override_id",
                "delivery_id",
            ):
                self._keep(kind)
        self._pools["reminder_template_id"] = [self.fresh("reminder_template_id")["template_id"] for _ in range(4)]
        self.fresh("sms_channel")
        self._signed = self.fresh("session_id")
        assert api.post(f"/sessions/{self._signed['session_id']}/finalize").status_code == 200
        for _ in range(3):
            attacked.sign_in(person)
        self._sign_ins = [found["id"] for found in api.get("/auth/sessions").json() if not found["current"]]
        self._pools["audit_event_id"] = [event["id"] for event in api.get("/audit-events").json()["items"]]

    # --- resources

    def fresh(self, kind):
        """Creates a resource of this kind. Returns its ids, and those of the resources it belongs to."""
        return getattr(self, f"_new_{kind.removesuffix('_id')}")()

    def _keep(self, kind):
        ids = self.fresh(kind)
        for name, value in ids.items():
            self._pools.setdefault(name, []).append(value)
        self._pools.setdefault(f"with {kind}", []).append(ids)

    def some(self, name):
        return self.chance.choice(self._pools[name][-8:]) if self._pools.get(name) else str(uuid4())

    def stay_signed_in(self):
        """Signs in again before the token expires after five minutes."""
        if time.monotonic() - self._signed_in_at > 200:
            self.api.token = self._installation.sign_in(self.person).json()["access_token"]
            self.api.headers["Authorization"] = f"Bearer {self.api.token}"
            self._signed_in_at = time.monotonic()

    def _made(self, path, **request):
        reply = self.api.post(path, **request, headers={"Authorization": f"Bearer {self._owners.next_token()}"})
        assert reply.status_code == 201, reply.text
        return reply.json()["id"]

    def _new_client(self):
        return {"client_id": self._made("/clients", json={"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"})}

    def _new_pair(self):
        return self._new_client() | {"duplicate_id": self._new_client()["client_id"]}

    def _new_merged(self):
        """Two clients of whom one was merged into the other, with all their history."""
        ids = self._new_pair()
        headers = {"Authorization": f"Bearer {self._owners.next_token()}"}
        body = {"duplicate_id": ids["duplicate_id"]}
        merged = self.api.post(f"/clients/{ids['client_id']}/merge", json=body, headers=headers).raise_for_status()
        job = merged.headers["location"].removeprefix("/api/v1")
        until = time.monotonic() + 30.0
        while not self.api.get(job, headers=headers).raise_for_status().json()["finished_at"]:
            assert time.monotonic() < until, "the merge is not done"
            time.sleep(0.05)
        return ids

    def _new_guarded(self):
        """A client whose care team one of the colleagues is."""
        client = self._new_client()
        headers = {"Authorization": f"Bearer {self._owners.next_token()}"}
        team = {"restricted": True, "user_ids": [self._colleague.user_id]}
        self.api.put(f"/clients/{client['client_id']}/care-team", json=team, headers=headers).raise_for_status()
        return client

    def _new_broken_glass(self):
        """Broken by an owner; the next one, who reviews it, is another."""
        path = f"/clients/{self._new_guarded()['client_id']}/break-glass"
        return {"break_glass_id": self._made(path, json={"reason": "Found unconscious on the stairs."})}

    def _new_api_key(self):
        return {"api_key_id": self._made("/api-keys", json={"name": "Import", "scopes": ["clients:read"]})}

    def _new_invited(self):
        made = {"email": f"{uuid4().hex}@example.com", "full_name": "Nora Quist", "role": "therapist"}
        return {"user_id": self._made("/users", json=made)}

    def _new_workspace(self):
        owner = {"therapist_email": f"{uuid4().hex}@example.com", "therapist_full_name": "Nora Quist"}
        made = self._as_platform("invite-therapist", {"workspace_name": "Lakeside", **owner})
        return {"workspace_id": made["workspace_id"], "user_id": made["user_id"]}

    def _new_suspended(self):
        ids = self._new_workspace()
        self._as_platform(f"workspaces/{ids['workspace_id']}/suspend", {"reason": "The invoice of March."})
        return ids

    def _new_blacklisted(self):
        email = f"{uuid4().hex}@example.com"
        self._as_platform("blacklist", {"email": email, "reason": "a slip of the pen"})
        return {"email": email}

    def _as_platform(self, path, body):
        headers = {"Authorization": f"Bearer {self.platform_token()}"}
        reply = self.api.post(f"/platform-admin/{path}", json=body, headers=headers)
        assert reply.is_success, reply.text
        return reply.json()

    def platform_token(self):
        """A token of whoever runs the installation: another one each time, as with owners."""
        own = {"sub": str(uuid4()), "ws": str(uuid4()), "sid": str(uuid4()), "role": "owner", "scope": "platform:admin", "epoch": 2**53}
        own["auth_time"] = int(time.time())
        return self._signer.sign(own)

    def _new_department(self):
        return {"department_id": self._made("/departments", json={"name": "Ward", "code": uuid4().hex[:12]})}

    def _new_service(self):
        return {"service_id": self._made("/services", json={"name": "Talk", "default_duration_minutes": 20})}

    def _new_location(self):
        return {"location_id": self._made("/locations", json={"name": "Room", "location_type": "clinic"})}

    def _new_holiday(self):
        return {"holiday_id": self._made("/holidays", json={"date": self._day("date"), "name": f"Holiday {uuid4()}"})}

    def _new_appointment(self):
        client = self._new_client()
        made = self._made("/appointments", json={**client, "location_type": "clinic", **times()})
        return client | {"appointment_id": made, "exclude_appointment_id": made}

    def _new_series(self):
        weekly = {"rrule": "FREQ=WEEKLY;COUNT=2", "first_start": times()["scheduled_start"], "duration_minutes": 20}
        return {"series_id": self._made("/series", json={**self._new_client(), "location_type": "clinic", **weekly})}

    def _new_payable(self):
        """An appointment that its client can be asked to pay for."""
        ids = self._new_appointment()
        by_link = {"payment_mode": "smart_link", "payment_link_type": "custom", "payment_link_template": "https://pay.example.com/"}
        for path, body in (("/payments/config", by_link), (f"/appointments/{ids['appointment_id']}", {"payment_price": "80.00"})):
            reply = self.api.put(path, json=body)
            assert reply.is_success, reply.text
        return ids

    def _new_session(self):
        client = self._new_client()
        return client | {"session_id": self._made("/sessions", json={**client, "session_date": text(now()), "plan": "Rest."})}

    def _new_template(self):
        return {"template_id": self._made("/note-templates", json={"name": "First visit", "plan": "Rest."})}

    def _new_hold(self):
        """On a client of its own, who is not given to any request."""
        held = self._new_client() | {"reason": "A court has asked for it."}
        return {"hold_id": self._made("/audit/legal-holds", json=held)}

    def _new_slot_hold(self):
        """Of the person, who alone may release it."""
        headers = {"Authorization": f"Bearer {self.token('DELETE /api/v1/slots/hold/{hold_id}')}"}
        reply = self.api.post("/slots/hold", json={**self._new_service(), "start": self._future()}, headers=headers)
        assert reply.status_code == 201, reply.text
        return {"hold_id": reply.json()["hold_id"]}

    def _new_feed(self):
        """Of the person, who has five at most."""
        headers = {"Authorization": f"Bearer {self._owners.sign_in(self.person.user_id)}"}
        for feed in self.api.get("/calendar-feeds", headers=headers).raise_for_status().json():
            if feed["id"] not in self._pools.get("feed_id", ()):
                self.api.delete(f"/calendar-feeds/{feed['id']}", headers=headers).raise_for_status()
        return {"feed_id": self.api.post("/calendar-feeds", json={}, headers=headers).raise_for_status().json()["id"]}

    def _new_entry(self):
        window = {"earliest": text(now()), "latest": text(now() + timedelta(days=30))}
        return {"entry_id": self._made("/waitlist", json={**self._new_client(), **window})}

    def _future(self):
        return text(now() + timedelta(minutes=self.chance.randrange(1_000, 5_000_000)))

    def _new_job(self):
        """An import, which is done."""
        headers = {"Authorization": f"Bearer {self._owners.next_token()}"}
        return {"job_id": self.api.post("/clients/import", json=[], headers=headers).raise_for_status().json()["job_id"]}

    def _new_export(self):
        """Of next to nothing; it is ready in a moment."""
        headers = {"Authorization": f"Bearer {self._owners.next_token()}"}
        body = {"format": "csv", "filters": {"action": "PRINT"}}
        export = self.api.post("/audit/exports", json=body, headers=headers).raise_for_status().json()["id"]
        until = time.monotonic() + 30.0
        while self.api.get(f"/audit/exports/{export}", headers=headers).raise_for_status().json()["status"] != "ready":
            assert time.monotonic() < until, "the export is not ready"
            time.sleep(0.05)
        return {"export_id": export}

    def _new_signed(self):
        ids = self._new_session()
        self._asked("POST", f"/sessions/{ids['session_id']}/finalize")
        return ids

    def _new_waiting(self):
        """A note of a supervisee, who may sign so many in a minute."""
        client = self._new_client()
        supervisee = Supervisee(self.api, self._signer, self.person, self._owners.next_token())
        return client | {"session_id": supervisee.sign_a_note(client["client_id"])}

    def _new_deleted(self):
        ids = self._new_session()
        self._asked("DELETE", f"/sessions/{ids['session_id']}")
        return ids

    def _asked(self, method, path):
        self.api.request(method, path, headers={"Authorization": f"Bearer {self._owners.next_token()}"}).raise_for_status()

    def _new_attachment(self):
        ids = self._new_session()
        files = {"file": ("picture.png", picture(), "image/png")}
        return ids | {"attachment_id": self._made(f"/sessions/{ids['session_id']}/attachments", files=files)}

    def _new_plan(self):
        client = self._new_client()
        return client | {"plan_id": self._made("/plans", json={**client, "title": "Walk again"})}

    def _new_milestone(self):
        ids = self._new_plan()
        return ids | {"milestone_id": self._made(f"/plans/{ids['plan_id']}/milestones", json={"title": "Ten steps"})}

    def _new_measure(self):
        ids = self._new_plan()
        return ids | {"measure_id": self._made(f"/plans/{ids['plan_id']}/measures", json={"name": "Pain", "value": 7})}

    def _new_consent(self):
        client = self._new_client()
        agreed = {"purpose": "reminders", "text_version": "2026-03"}
        return client | {"consent_id": self._made(f"/clients/{client['client_id']}/consents", json=agreed)}

    def _new_alert(self):
        return {"alert_id": self._made("/alerts", json={"title": "Fall", "priority": "low", "alert_type": "medical"})}

    def _new_override(self):
        period = {"starts_at": text(now()), "ends_at": text(now() + timedelta(hours=8))}
        return {"override_id": self._made("/on-call/overrides", json={"user_id": self._colleague.user_id, **period})}

    def _new_configuration(self):
        hours = next(_hours) % 700 + 1
        return {"configuration_id": self._made("/reminders/configurations", json={"hours_before": hours, "is_active": False})}

    def _new_reminder_template(self):
        made = {"name": "Short", "locale": "en", "subject": "Soon", "text": "{date}, {time}"}
        return {"template_id": self._made("/reminders/templates", json=made)}

    def _new_delivery(self):
        ids = self._new_webhook()
        self._new_client()
        return ids | {"delivery_id": first_delivery(self.api, ids["webhook_id"])}

    def _new_webhook(self):
        self._new_webhook_room()
        return {"webhook_id": self._made("/webhooks", json={"url": "https://hooks.invalid/", "event_types": ["client.created"]})}

    def _new_sms_channel(self):
        """Another one, whose secret was not rotated yet."""
        assert self.api.delete("/reminders/channels/sms").status_code in {204, 404}
        assert self.api.put("/reminders/channels/sms", json={"url": "https://sms.invalid/"}).status_code == 200
        return {}

    def _new_webhook_room(self):
        """Deletes those that requests have made: a workspace has ten at most."""
        for webhook in self.api.get("/webhooks").raise_for_status().json()["items"]:
            if webhook["id"] not in self._pools.get("webhook_id", ()):
                assert self.api.delete(f"/webhooks/{webhook['id']}").status_code == 204
        return {}

    # --- values

    def token(self, label):
        """The token for an operation: another owner's each time, but the person's own for their sign-ins, and nobody's that it would revoke."""
        sub = {
            "POST /api/v1/auth/logout": self.person.user_id,
            "DELETE /api/v1/auth/sessions": self._colleague.user_id,
        }.get(label)
        if label == "PUT /api/v1/auth/password":
            # It takes a sign-in that goes on, and so does the next one, which ends it.
            return self._installation.sign_in(replace(self._colleague, password=self._password)).json()["access_token"]
        if label in {"DELETE /api/v1/slots/hold/{hold_id}", "DELETE /api/v1/calendar-feeds/{feed_id}"}:
            return self._owners.sign_in(self.person.user_id)
        if label == "POST /api/v1/auth/switch":
            return self._installation.sign_in(self.person).json()["access_token"]
        if "/platform-admin/" in label or label.endswith("/storage/quota"):
            return self.platform_token()
        if sub is None and "/auth/" not in label:
            return self._owners.next_token()
        if sub is None:
            self.stay_signed_in()
            return self.api.token
        claims = {"sub": sub, "ws": self.person.workspace_id, "sid": str(uuid4()), "role": "owner", "scope": "", "epoch": 2**53}
        return self._signer.sign(claims)

    def make_for(self, label):
        """Makes what an operation without ids uses up."""
        if label in CONSUMES:
            self.fresh(CONSUMES[label])

    def address(self, label, template, parameters):
        """Ids for the path parameters that belong together."""
        if label in CONSUMES:
            ids = self._consumed = self.fresh(CONSUMES[label])
        elif "attachment_id" in parameters:
            ids = self.chance.choice(self._pools["with attachment_id"])
        elif "webhook_id" in parameters:
            ids = self.chance.choice(self._pools["with delivery_id"])
        elif "milestone_id" in parameters:
            ids = self.chance.choice(self._pools["with milestone_id"])
        elif label.endswith("latest-finalized"):
            ids = self._signed
        elif "sign_in_id" in {meaning(template, name) for name in parameters}:
            ids = {"session_id": self._sign_ins.pop() if self._sign_ins else str(uuid4())}
        elif "reminder_template_id" in {meaning(template, name) for name in parameters}:
            ids = {"template_id": self.some("reminder_template_id")}
        else:
            ids = {}
        return {name: ids.get(name) or self.some(name) for name in parameters}

    def query(self, query):
        # Days, of which a report is; times are longer.
        are_days = all(len(str((query or {}).get(name))) == len("2026-01-31") for name in ("start_date", "end_date"))
        query = {name: self._valid(name, value) for name, value in (query or {}).items()}
        if are_days:
            query |= {"start_date": "2026-01-01", "end_date": "2026-01-31"}
        return query | times() if query.keys() >= {"scheduled_start", "scheduled_end"} else query

    def body(self, label, body):
        body = {name: self._valid(name, value) for name, value in body.items()}
        if "scheduled_start" in body or "scheduled_end" in body:
            body |= times()
        for last, name, id_ in (
            ("/milestones/order", "milestone_ids", self._consumed.get("milestone_id")),
            ("/download-multiple", "attachment_ids", self._consumed.get("attachment_id")),
            ("/merge", "duplicate_id", self._consumed.get("duplicate_id")),
            ("/care-team", "user_ids", self._colleague.user_id),
        ):
            if label.endswith(last):
                body[name] = [id_] if name.endswith("s") else id_
        if label.endswith("/overrides"):
            body |= {"user_id": self._colleague.user_id, "starts_at": text(now()), "ends_at": text(now() + timedelta(hours=1))}
        if "template_id" in body and "/reminders/" in label:
            body["template_id"] = self.some("reminder_template_id")
        if "/plans" in label:
            body |= {name: self._day(name) for name in ("start_date", "end_date", "target_date") if body.get(name)}
        if label.endswith("/legal-holds"):
            # A hold on anything else would keep other requests from deleting.
            body = {name: value for name, value in body.items() if name != "user_id"} | self._new_client()
        if label == "POST /api/v1/users":
            # Sign-in goes by it: a new one each time, and spelt as JSON Schema knows addresses.
            body["email"] = f"{uuid4().hex}@example.com"
        if label == "POST /api/v1/sessions":
            body = {name: value for name, value in body.items() if name != "appointment_id"} | {"session_date": text(now())}
        if label == "POST /api/v1/auth/login" and (not self._has_logged_in or self.chance.random() < 0.2):
            body |= {"email": self.person.email, "password": PASSWORD}
            self._has_logged_in = True
        if label == "PUT /api/v1/auth/password":
            new = f"correct horse {uuid4()}"
            body |= {"current_password": self._password, "new_password": new}
        body |= {"first_start": times()["scheduled_start"]} if "first_start" in body else {}
        return self._mostly_kept(body) if label != "POST /api/v1/slots/hold" else body | self._new_service() | {"start": self._future()}

    def _mostly_kept(self, body):
        """Without most of what would change things for other requests, and without a hold, which is its holder's alone."""
        body.pop("hold_id", None)
        for name in ("service_id", "location_id", "department_id", "supervisor_id", "status", "session_note_action"):
            # Other requests may have deleted these, and a changed status cannot be undone.
            if self.chance.random() < 0.8:
                body.pop(name, None)
        if "is_active" in body and self.chance.random() < 0.8:
            body["is_active"] = True
        return body

    def _day(self, name):
        year = self.chance.randrange(2020, 2040) if name == "end_date" else self.chance.randrange(2000, 2020)
        return f"{year}-02-{self.chance.randrange(1, 29):02}"

    def learn(self, label, sent, reply):
        """Uses the created resource in later requests."""
        if label == "PUT /api/v1/auth/password" and reply.status_code == 204:
            self._password = sent["new_password"]
        noun = label.removeprefix("POST /api/v1/").removesuffix("s")
        if reply.status_code == 201 and noun in {"client", "service", "location", "appointment"} and reply.json().get("is_active", True):
            self._pools[f"{noun}_id"].append(reply.json()["id"])

    def _valid(self, name, value):
        if value is None:
            return None
        if name.endswith("_id"):
            return self.some(name)
        if name == "sessions" and isinstance(value, list):
            item = {"client_id": self.some("client_id"), **dict.fromkeys(("created_at_client", "session_date"), text(now()))}
            return [each | item for each in value[:3] if isinstance(each, dict)]
        if name in WORDS:
            return self.chance.choice(WORDS[name])
        if name == "date_of_birth":
            return f"{self.chance.randrange(1920, 2020)}-02-{self.chance.randrange(1, 29):02}"
        if name.startswith("scheduled_") or name.endswith("_date"):
            return text(now() + timedelta(minutes=self.chance.randrange(-500_000, 500_000)))
        if name == "given_at":
            return text(now() - timedelta(minutes=self.chance.randrange(500_000)))
        if name == "hours_before":
            return self.chance.randrange(1, 720)
        if isinstance(value, str) and name != "cursor":
            return readable(value)
        if isinstance(value, list):
            return [self._valid("", part) for part in value]
        return value


def readable(words):
    """The text without characters that cannot be typed; never blank."""
    kept = "".join(sign for sign in words if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}).strip()
    return kept or "Word"
