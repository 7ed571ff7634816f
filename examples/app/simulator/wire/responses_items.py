"""What a response puts out: a reasoning item where the model thinks, then a message or calls of functions."""

from typing import Any

from app.simulator.behaviour import Reply


def reasoning(uid: str) -> dict[str, Any]:
    """Thoughts, of which nothing is shown."""
    return {"id": f"rs_{uid}", "type": "reasoning", "summary": []}


def message(reply: Reply, uid: str, content: dict[str, Any] | None) -> dict[str, Any]:
    """A message; without content it is in progress, and cut off by a limit or a filter it stays incomplete."""
    ended = "incomplete" if reply.cut_off or reply.failure == "safety_block" else "completed"
    status, parts = (ended, [content]) if content else ("in_progress", [])
    return {"id": f"msg_{uid}", "type": "message", "status": status, "role": "assistant", "content": parts}


def part(reply: Reply, text: str) -> dict[str, Any]:
    """A message's text, or its refusal."""
    if reply.failure == "refusal_field":
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


def call(reply: Reply, number: int, uid: str, *, begun: bool = False) -> dict[str, Any]:
    """A call of a function, done or only `begun`."""
    one = reply.calls[number]
    return {
        "id": f"fc_{uid[:22]}{number:02}",
        "type": "function_call",
        "status": "in_progress" if begun else "completed",
        "call_id": f"call_{uid[:22]}{number:02}",
        "name": one.name,
        "arguments": "" if begun else one.arguments,
    }


def output(reply: Reply, uid: str) -> list[dict[str, Any]]:
    """All items, done."""
    thoughts = [reasoning(uid)] if reply.tokens.reasoning else []
    if reply.calls:
        return thoughts + [call(reply, number, uid) for number in range(len(reply.calls))]
    return [*thoughts, message(reply, uid, part(reply, reply.text))]
