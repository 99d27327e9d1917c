from __future__ import annotations

from bench.latency.webhooks import contacts


def test_the_contacts_of_a_queue_event_are_found_without_reading_it() -> None:
    value = b'{"incident_id":"i_us_a","contact_ids":["c_a","c_b"],"contacts":[{"contact_id":"c_a"}]}'
    assert [*contacts(value)] == ["c_a", "c_b"]
    assert [*contacts(b"{}")] == []
