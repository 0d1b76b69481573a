#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first start offers four practice tiers and makes them; the second start remembers them."""
import terrace_app
from terrace_uitest import ancestors, name_of, run, screenshot


def test_offer_is_taken():
    with terrace_app.start() as app:
        app.find('push button', 'Create Practice Tiers')
        screenshot('first-start')
        assert not terrace_app.sandbox().exists(), 'folders were made without being asked for'

        terrace_app.create_tiers(app)
        terrace_app.show_view(app, 'Locations')
        for tier in terrace_app.TIERS:
            app.find_text(f'^{tier}$')
        screenshot('locations')


def test_second_start_does_not_offer():
    with terrace_app.start() as app:
        app.find('list item', 'Overview')
        assert app.look('push button', 'Create Practice Tiers') is None
        terrace_app.show_view(app, 'Locations')
        for tier in terrace_app.TIERS:
            app.find_text(f'^{tier}$')


def test_sidebar_by_pointer():
    with terrace_app.start() as app:
        for view in reversed(terrace_app.VIEWS):
            app.click(app.find('list item', view))
            app.wait_for(lambda name=view: has_heading(app, name), f'the heading {view!r}')


def has_heading(app, name):
    """Whether a label with that name shows outside the sidebar."""
    return any('Views' not in map(name_of, ancestors(label)) for label in app.all('label', name))


if __name__ == '__main__':
    run(test_offer_is_taken, test_second_start_does_not_offer, test_sidebar_by_pointer)
