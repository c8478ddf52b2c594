"""A Messages API on loopback whose every reply is written down beforehand.

A script names routes, each a list of tool calls. A request plays the route of the last `[[name]]`
that the user's own messages hold, without one the route `main`; so an agent that is sent a message,
and a fork with the whole conversation of its parent, can be given routes of their own. Which call
is played is the number of assistant turns since that message, so the server keeps no conversation
and retries, subagents and parallel requests all get the right reply. After the last call the model
says `done`. A `Text` in a route is what the model says there: the end of its turn, unless a hook
makes it go on.
"""

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]

MAIN = "main"
AWAITS_LIMIT = 60


@dataclass(frozen=True)
class Call:
    """One tool call that the scripted model makes."""

    label: str
    tool: str
    input: Json
    before: Callable[[], None] | None = None
    """What the test does just before the model makes this call, while the client waits."""
    awaits: tuple[str, ...] = ()
    """Routes that must have come to their end before the model makes this call."""

    @property
    def id(self) -> str:
        return f"toolu_{self.label}"


@dataclass(frozen=True)
class Text:
    """What the scripted model says instead of a call."""

    text: str


Script = Mapping[str, Sequence[Call | Text]]


@dataclass(frozen=True)
class Answer:
    """What the model was shown for one of its calls."""

    text: str
    is_error: bool


def content_text(content: object) -> str:
    """All text of a message or a tool result."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(filter(None, map(content_text, content)))
    if isinstance(content, dict):
        return content_text(content.get("text") or content.get("content"))
    return ""


def answers_in(request: Json) -> Iterator[tuple[str, Answer]]:
    """Each tool result in a request, by the id of its call."""
    for message in request["messages"]:
        content = message["content"]
        for block in content if isinstance(content, list) else []:
            if block.get("type") == "tool_result":
                text = content_text(block.get("content"))
                yield block["tool_use_id"], Answer(text, bool(block.get("is_error")))


def assistant_turns(messages: Sequence[Json]) -> int:
    """How often the model has spoken; neighbouring assistant messages are one turn."""
    roles = [message["role"] for message in messages if message["role"] in ("user", "assistant")]
    pairs = zip(["user", *roles], roles, strict=False)
    return sum(now == "assistant" != before for before, now in pairs)


def _events(blocks: Sequence[Json], model: str) -> Iterator[Json]:
    """Yield the event stream that the API sends for one message."""
    stop_reason = "tool_use" if blocks[-1]["type"] == "tool_use" else "end_turn"
    message: Json = {
        "id": f"msg_{uuid.uuid4().hex[:22]}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }
    yield {"type": "message_start", "message": message}
    for index, block in enumerate(blocks):
        if block["type"] == "text":
            start: Json = {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": block["text"]}
        else:
            start = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        yield {"type": "content_block_start", "index": index, "content_block": start}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ending = {"stop_reason": stop_reason, "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending, "usage": {"output_tokens": 5}}
    yield {"type": "message_stop"}


class _Server(ThreadingHTTPServer):
    """The listening socket, with the API that its handlers answer for."""

    daemon_threads = True
    api: "ScriptedApi"


class ScriptedApi:
    """The server and all requests that it was sent."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._ended: set[str] = set()
        self._end = threading.Condition()
        self.requests: list[Json] = []

    @contextmanager
    def listening(self) -> Iterator["ScriptedApi"]:
        """Answer requests until the block ends."""
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answers(self) -> dict[str, Answer]:
        """What the model was shown for each call, by the call's label."""
        shown = dict(pair for request in self.requests for pair in answers_in(request))
        parts = [part for route in self._script.values() for part in route]
        calls = [part for part in parts if isinstance(part, Call)]
        return {call.label: shown[call.id] for call in calls if call.id in shown}

    def reply(self, request: Json) -> list[Json]:
        """Return the content blocks that the script has for a request."""
        self.requests.append(request)
        if not request.get("tools"):  # the client asks for a title or a summary
            return [{"type": "text", "text": "ok"}]
        name, since = self._route(request["messages"])
        route = self._script[name]
        turn = assistant_turns(since)
        call = route[turn] if turn < len(route) else Text("done")
        if isinstance(call, Text):
            if turn >= len(route) - 1:
                with self._end:
                    self._ended.add(name)
                    self._end.notify_all()
            return [{"type": "text", "text": call.text}]
        with self._end:
            self._end.wait_for(lambda: self._ended.issuperset(call.awaits), timeout=AWAITS_LIMIT)
        if call.before is not None:
            call.before()
        return [{"type": "tool_use", "id": call.id, "name": call.tool, "input": call.input}]

    def _route(self, messages: Sequence[Json]) -> tuple[str, Sequence[Json]]:
        """Return the name of the route that a request plays, and the messages since it does."""
        for at in range(len(messages) - 1, -1, -1):
            if messages[at]["role"] == "user":
                names = re.findall(r"\[\[([\w-]+)\]\]", _own_text(messages[at]["content"]))
                if known := [name for name in names if name in self._script]:
                    return known[-1], messages[at:]
        return MAIN, messages


def _own_text(content: str | Sequence[Json]) -> str:
    """All text that a message says itself; results of tools are other people's words."""
    if isinstance(content, str):
        return content
    return "\n".join(block["text"] for block in content if block.get("type") == "text")


class _Handler(BaseHTTPRequestHandler):
    """Answers the few paths of the API that the client asks for."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the test's output quiet."""

    def do_HEAD(self) -> None:
        self._send(200, "application/json", b"")

    def do_GET(self) -> None:
        known = self.path.startswith("/v1/models")
        self._send_json(200 if known else 404, {"data": [], "has_more": False})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        if path == "/v1/messages":
            self._send_message(json.loads(raw))
        elif path == "/v1/messages/count_tokens":
            self._send_json(200, {"input_tokens": 10})
        else:
            self._send_json(404, {"type": "error", "error": {"type": "not_found_error"}})

    def _send_message(self, request: Json) -> None:
        blocks = self.server.api.reply(request)
        events = list(_events(blocks, request["model"]))
        if not request.get("stream"):
            self._send_json(200, {**events[0]["message"], "content": blocks, **events[-2]["delta"]})
            return
        lines = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
        self._send(200, "text/event-stream; charset=utf-8", "".join(lines).encode())

    def _send_json(self, status: int, body: Json) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
