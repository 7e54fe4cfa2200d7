"""Streaming programs of our own over each provider's SDK for Python, written as a person writes them: nothing is said of
addresses or keys. The model behind the agent cuts its bytes as its name says. Prints a line of JSON for each SDK and operation."""

import asyncio
import importlib.metadata
import json
import sys
import traceback

import anthropic
import boto3
import openai
from botocore.config import Config
from google import genai
from pydantic import BaseModel

TAIL = "café 😀 naïve"
PROMPT = f"Please write to mira.castellanos@example.com about {TAIL}"
CUTS = ["", "-cut-1", "-cut-7", "-cut-64"]
SCHEMA = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"], "additionalProperties": False}
FUNCTION = {"name": "look_up", "description": "Looks an order up", "parameters": SCHEMA}
ANTHROPIC_TOOL = {"name": "look_up", "description": "Looks an order up", "input_schema": SCHEMA}
LIMIT_S = 60


class Said(BaseModel):
    query: str


def ask(cut, kind="1"):
    return {"model": f"simulated-{kind}{cut}", "messages": [{"role": "user", "content": PROMPT}]}


def several(parts):
    parts = list(parts)
    assert len(parts) >= 3, f"it came in {len(parts)} parts"
    return parts


def chunks_text(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def chat_create(cut):
    chunks = several(openai.OpenAI(max_retries=0).chat.completions.create(**ask(cut), stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].usage.completion_tokens > 0
    return chunks_text(chunks)


def no_usage_unasked(cut):
    chunks = several(openai.OpenAI(max_retries=0).chat.completions.create(**ask(cut), stream=True))
    assert all(chunk.choices and not chunk.usage for chunk in chunks), "a chunk that nobody asked for"
    return chunks_text(chunks)


def chat_helper(cut):
    seen = ""
    with openai.OpenAI(max_retries=0).chat.completions.stream(**ask(cut)) as stream:
        for event in stream:
            if event.type == "content.delta":
                seen += event.delta
        assert stream.get_final_completion().choices[0].message.content == seen
    return seen


def chat_tools(cut):
    tools = [{"type": "function", "function": {**FUNCTION, "strict": True}}]
    with openai.OpenAI(max_retries=0).chat.completions.stream(**ask(cut, "tools"), tools=tools) as stream:
        pieces = [event.arguments_delta for event in stream if event.type == "tool_calls.function.arguments.delta"]
        call = stream.get_final_completion().choices[0].message.tool_calls[0]
    assert "".join(pieces) == call.function.arguments
    return call.function.parsed_arguments["query"]


def responses_events(cut):
    events = several(openai.OpenAI(max_retries=0).responses.create(model=f"simulated-thinking{cut}", input=PROMPT, stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    thought = "".join(event.delta for event in events if event.type == "response.reasoning_summary_text.delta")
    last = events[-1].response
    assert (last.output_text, last.output[0].summary[0].text) == (said, thought)
    return thought + said


def responses_helper(cut):
    seen = ""
    with openai.OpenAI(max_retries=0).responses.stream(model=f"simulated-1{cut}", input=PROMPT) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                seen += event.delta
        assert stream.get_final_response().output_text == seen
    return seen


def responses_tools(cut):
    with openai.OpenAI(max_retries=0).responses.stream(model=f"simulated-tools{cut}", input=PROMPT, tools=[openai.pydantic_function_tool(Said, name="look_up")["function"] | {"type": "function"}]) as stream:
        return json.loads(stream.until_done().get_final_response().output[0].arguments)["query"]


async def chat_async(cut):
    async with openai.AsyncOpenAI(max_retries=0) as client:
        return chunks_text([chunk async for chunk in await client.chat.completions.create(**ask(cut), stream=True)])


def messages_create(cut):
    events = several(anthropic.Anthropic(max_retries=0).messages.create(**ask(cut, "thinking"), max_tokens=500, stream=True))
    assert (events[0].type, events[-1].type) == ("message_start", "message_stop")
    deltas = [event.delta for event in events if event.type == "content_block_delta"]
    return "".join(getattr(delta, "thinking", "") + getattr(delta, "text", "") for delta in deltas)


def messages_helper(cut):
    with anthropic.Anthropic(max_retries=0).messages.stream(**ask(cut, "thinking"), max_tokens=500) as stream:
        seen = "".join(stream.text_stream)
        thinking, text = stream.get_final_message().content
    assert text.text == seen and thinking.signature and "[EMAIL]" in thinking.thinking
    return seen


def messages_tools(cut):
    with anthropic.Anthropic(max_retries=0).messages.stream(**ask(cut, "tools"), max_tokens=500, tools=[ANTHROPIC_TOOL]) as stream:
        pieces = "".join(event.partial_json for event in stream if event.type == "input_json")
        block = stream.get_final_message().content[0]
    assert json.loads(pieces) == block.input
    return block.input["query"]


async def messages_async(cut):
    async with anthropic.AsyncAnthropic(max_retries=0) as client:
        async with client.messages.stream(**ask(cut), max_tokens=500) as stream:
            return "".join([text async for text in stream.text_stream])


# Kept: a client that nobody keeps is closed while its stream is read.
GEMINI = genai.Client()


def gemini_stream(cut):
    chunks = several(GEMINI.models.generate_content_stream(model=f"simulated-1{cut}", contents=PROMPT))
    assert chunks[-1].usage_metadata.total_token_count > 0
    return "".join(chunk.text or "" for chunk in chunks)


def gemini_thoughts(cut):
    chunks = several(GEMINI.models.generate_content_stream(model=f"simulated-thinking{cut}", contents=PROMPT))
    parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts]
    assert any(part.thought for part in parts) and any(part.thought_signature for part in parts)
    return "".join(part.text or "" for part in parts)


def gemini_tools(cut):
    config = {"tools": [{"function_declarations": [{"name": "look_up", "parameters_json_schema": SCHEMA}]}]}
    chunks = list(GEMINI.models.generate_content_stream(model=f"simulated-tools{cut}", contents=PROMPT, config=config))
    return next(call for chunk in chunks for call in chunk.function_calls or []).args["query"]


async def gemini_async(cut):
    client = genai.Client()
    try:
        return "".join([chunk.text or "" async for chunk in await client.aio.models.generate_content_stream(model=f"simulated-1{cut}", contents=PROMPT)])
    finally:
        await client.aio.aclose()


def bedrock():
    return boto3.client("bedrock-runtime", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}))


def bedrock_ask(cut, kind="1"):
    return {"modelId": f"simulated-{kind}{cut}", "messages": [{"role": "user", "content": [{"text": PROMPT}]}]}


def deltas_of(events):
    return [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]


def converse(cut):
    return bedrock().converse(**bedrock_ask(cut))["output"]["message"]["content"][0]["text"]


def converse_stream(cut):
    events = several(bedrock().converse_stream(**bedrock_ask(cut, "thinking"))["stream"])
    assert events[-1]["metadata"]["usage"]["totalTokens"] > 0
    return "".join(delta.get("text", "") + delta.get("reasoningContent", {}).get("text", "") for delta in deltas_of(events))


def converse_tools(cut):
    config = {"tools": [{"toolSpec": {"name": "look_up", "inputSchema": {"json": SCHEMA}}}]}
    events = several(bedrock().converse_stream(**bedrock_ask(cut, "tools"), toolConfig=config)["stream"])
    return json.loads("".join(delta.get("toolUse", {}).get("input", "") for delta in deltas_of(events)))["query"]


def invoke_stream(cut):
    body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 500, "messages": ask(cut)["messages"]})
    chunks = several(bedrock().invoke_model_with_response_stream(modelId=f"simulated-1{cut}", contentType="application/json", body=body)["body"])
    events = [json.loads(chunk["chunk"]["bytes"]) for chunk in chunks]
    return "".join(event.get("delta", {}).get("text", "") for event in events)


PROGRAMS = {
    "openai": [chat_create, no_usage_unasked, chat_helper, chat_tools, chat_async, responses_events, responses_helper, responses_tools],
    "anthropic": [messages_create, messages_helper, messages_tools, messages_async],
    "google-genai": [gemini_stream, gemini_thoughts, gemini_tools, gemini_async],
    "boto3": [converse, converse_stream, converse_tools, invoke_stream],
}


def verdict_of(texts):
    """Masked, whole to its last letter, and the same however it was cut."""
    if any("castellanos@" in text for text in texts):
        return "the address came back unmasked"
    if "[EMAIL]" not in texts[0] or TAIL not in texts[0]:
        return f"not what was said: {texts[0][:200]}"
    return next((f"another text under {cut}: {text[:200]}" for cut, text in zip(CUTS, texts, strict=True) if text != texts[0]), "ok")


def attempt(program):
    try:
        if asyncio.iscoroutinefunction(program):
            return verdict_of([asyncio.run(asyncio.wait_for(program(cut), LIMIT_S)) for cut in CUTS])
        return verdict_of([program(cut) for cut in CUTS])
    except Exception as error:
        return f"{type(error).__name__}: {traceback.format_exc()[-600:]}"


def main(wanted):
    for name, programs in PROGRAMS.items():
        for program in programs:
            if not wanted or name in wanted:
                line = {"name": name, "operation": program.__name__.replace("_", " "), "verdict": attempt(program), "version": importlib.metadata.version(name)}
                print(json.dumps(line), flush=True)


main(sys.argv[1:])
