#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first start offers four practice tiers and makes them; the second start remembers them."""
import terrace_app
from terrace_uitest import run, screenshot, text_of


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
            row = app.find('list item', view)
            app.click(row)
            app.wait_for(lambda name=view: any(text_of(heading) == name for heading in headings(app)),
                         f'the heading {view!r}')


def headings(app):
    """Labels that are not in the sidebar."""
    sidebar = app.find('list', 'Views')
    inside = {id_of(label) for label in app.all('label', below=sidebar)}
    return [label for label in app.all('label') if id_of(label) not in inside]


def id_of(accessible):
    return accessible.get_path() if hasattr(accessible, 'get_path') else accessible.path


if __name__ == '__main__':
    run(test_offer_is_taken, test_second_start_does_not_offer, test_sidebar_by_pointer)
