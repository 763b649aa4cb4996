"""`tandem free`, `tandem view`: accelerators to spare now, and the saved views of the fleet."""

from __future__ import annotations

import re

from console.cli.output import table
from console.cli.parser import UsageError, Verbs, whole
from console.cli.session import Session
from console.core.units import UNKNOWN, format_memory
from console.telemetry.finding import Offer, Wanted, free_bytes
from console.telemetry.views import View

_SIZE = re.compile(r"^(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[MGT]?)(?:i?B)?$", re.IGNORECASE)
_UNITS = {"": 1024**3, "M": 1024**2, "G": 1024**3, "T": 1024**4}


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    verb = verbs.add("free", "servers with GPUs to spare now", _free, command="gpu.find")
    verb.add_argument("--gpus", type=whole, default=1, metavar="N", help="so many on one server")
    verb.add_argument("--memory", default="0", metavar="SIZE", help="free memory of each: 40G, 512M; GiB")
    verb.add_argument("--filter", default="", metavar="EXPR", help="among these: label.team=vision")
    verb.add_argument(
        "--shared", action="store_true", help="also GPUs that somebody uses, where the memory is free"
    )
    views = Verbs(verbs.add("view", "saved views of the fleet", None), "view commands")
    views.add("list", "list them", _list, command="view.list")
    verb = views.add("save", "keep a view, in place of one of its name", _save, command="view.save")
    verb.add_argument("name")
    verb.add_argument("--filter", default="", metavar="EXPR")
    verb.add_argument("--group", default="role", metavar="KEY", help="role or label.NAME")
    verb = views.add("remove", "forget a view", _remove, command="view.remove")
    verb.add_argument("name")


def size_bytes(text: str) -> int:
    """Bytes of "40G", "512M" or "40" (GiB).

    Raises:
        UsageError: it is none.
    """
    found = _SIZE.match(text.strip())
    if found is None:
        raise UsageError(f"'{text}' is no size; write 40G or 512M", "free")
    return int(float(found["number"]) * _UNITS[found["unit"].upper()])


def _free(session: Session) -> int:
    args = session.args
    if not 1 <= args.gpus <= 128:
        raise UsageError("--gpus takes a number from 1 to 128", "free")
    wanted = Wanted(args.gpus, size_bytes(args.memory), shared=args.shared)
    offers = session.call("gpu.find", {"wanted": wanted, "filter": args.filter})
    assert isinstance(offers, tuple)
    document = {
        "gpus": wanted.gpus,
        "memory_bytes": wanted.free_bytes,
        "offers": [_offer_document(offer) for offer in offers],
    }
    session.output.answer(document, lambda: _offers_text(offers))
    if not offers:
        session.output.say("no server has them now")
    return 0 if offers else 1


def _offer_document(offer: Offer) -> dict[str, object]:
    return {
        "server": offer.server.server.name,
        "free": offer.free,
        "age_s": offer.server.age_s,
        "accelerators": [
            {
                "index": row.sample.index,
                "uuid": row.sample.uuid,
                "name": row.sample.name,
                "free_bytes": free_bytes(row),
            }
            for row in offer.accelerators
        ],
    }


def _offers_text(offers: tuple[Offer, ...]) -> str:
    rows = []
    for offer in offers:
        least = min((free_bytes(row) or 0 for row in offer.accelerators), default=None)
        indexes = ",".join(str(row.sample.index) for row in offer.accelerators)
        model = offer.accelerators[0].sample.name if offer.accelerators else UNKNOWN
        rows.append([offer.server.server.name, indexes, format_memory(least), str(offer.free), model])
    return table(["server", "gpus", "free each", "to spare", "model"], rows) if rows else ""


def _list(session: Session) -> int:
    views = session.call("view.list", {})
    assert isinstance(views, tuple)
    session.output.answer([_view_document(view) for view in views], lambda: _views_text(views))
    return 0


def _views_text(views: tuple[View, ...]) -> str:
    rows = [[view.name, view.filter or UNKNOWN, view.group] for view in views]
    return (
        table(["name", "filter", "group"], rows)
        if rows
        else "no views yet; save one with: tandem view save NAME --filter EXPR"
    )


def _view_document(view: View) -> dict[str, object]:
    return {"name": view.name, "filter": view.filter, "group": view.group, "metric": view.metric}


def _save(session: Session) -> int:
    args = session.args
    view = session.call("view.save", {"view": View(args.name, filter=args.filter, group=args.group)})
    assert isinstance(view, View)
    session.output.answer(_view_document(view), f"{view.name} saved")
    return 0


def _remove(session: Session) -> int:
    session.call("view.remove", {"name": session.args.name})
    session.output.answer({"removed": session.args.name}, f"{session.args.name} removed")
    return 0
