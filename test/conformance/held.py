"""Classes of LangChain for Python, and boto3, that are held for minutes. They have the limits that they have by themselves, divided by
the number of the first argument: the agent's minutes pass that much faster. Prints a line of JSON for each."""

import asyncio
import json
import sys
import threading
import time
import traceback

import boto3
import httpx
from botocore.config import Config
from langchain_anthropic import ChatAnthropic
from langchain_aws import ChatBedrockConverse
from langchain_cohere import ChatCohere
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_groq import ChatGroq
from langchain_huggingface import ChatHuggingFace, HuggingFaceEndpoint
from langchain_mistralai import ChatMistralAI
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

FASTER = float(sys.argv[1])
MODEL = {"model": "simulated-1"}
# A class without a limit of its own is given one that a person might: a minute.
MINUTE = 60 / FASTER
BOTO = Config(read_timeout=60 / FASTER)  # its default, as are the five attempts
CLASSES = {
    "ChatOpenAI": lambda: ChatOpenAI(**MODEL),
    "ChatOpenAI, timeout of a minute": lambda: ChatOpenAI(**MODEL, timeout=MINUTE),
    "ChatOpenAI (Responses), timeout of a minute": lambda: ChatOpenAI(**MODEL, use_responses_api=True, timeout=MINUTE),
    "ChatAnthropic": lambda: ChatAnthropic(**MODEL),
    "ChatAnthropic, timeout of a minute": lambda: ChatAnthropic(**MODEL, timeout=MINUTE),
    "ChatGoogleGenerativeAI": lambda: ChatGoogleGenerativeAI(**MODEL),
    "ChatGoogleGenerativeAI, timeout of a minute": lambda: ChatGoogleGenerativeAI(**MODEL, timeout=MINUTE),
    "ChatBedrockConverse": lambda: ChatBedrockConverse(**MODEL, region_name="us-east-1", config=BOTO, disable_streaming=False),
    "ChatMistralAI": lambda: ChatMistralAI(**MODEL, timeout=120 / FASTER),
    "ChatCohere": lambda: ChatCohere(**MODEL, timeout_seconds=300 / FASTER),
    "ChatOllama": lambda: ChatOllama(**MODEL),
    "ChatHuggingFace": lambda: ChatHuggingFace(llm=HuggingFaceEndpoint(repo_id="simulated-1", task="text-generation", timeout=120 / FASTER), model_id="simulated-1"),
    "ChatGroq, timeout of a minute": lambda: ChatGroq(**MODEL, timeout=MINUTE),
}
HELD = "I am {}. Charge 4111 1111 1111 1111."
NEXT = "I am {}, and this is the next call."


def text_of(message):
    return message.text if isinstance(message.text, str) else message.text()


def whole(make):
    model = make()
    return lambda prompt: text_of(model.invoke(prompt))


def streamed(make):
    model = make()
    return lambda prompt: "".join(text_of(chunk) for chunk in model.stream(prompt))


def asynchronous(make):
    async def both(prompts):
        model = make()
        return ["".join([text_of(chunk) async for chunk in model.astream(prompt)]) for prompt in prompts]

    return both


def boto3_whole(_make):
    client = boto3.client("bedrock-runtime", region_name="us-east-1", config=BOTO)
    return lambda prompt: client.converse(modelId="simulated-1", messages=[{"role": "user", "content": [{"text": prompt}]}])["output"]["message"]["content"][0]["text"]


def boto3_streamed(_make):
    client = boto3.client("bedrock-runtime", region_name="us-east-1", config=BOTO)

    def ask(prompt):
        events = client.converse_stream(modelId="simulated-1", messages=[{"role": "user", "content": [{"text": prompt}]}])["stream"]
        return "".join(event["contentBlockDelta"]["delta"].get("text", "") for event in events if "contentBlockDelta" in event)

    return ask


def hold(name, ways, make, say):
    began = time.monotonic()
    try:
        ask = ways(make)
        prompts = [HELD.format(name), NEXT.format(name)]
        # The next call goes over the same connection: nothing of the held one may be left over.
        answers = asyncio.run(ask(prompts)) if asyncio.iscoroutinefunction(ask) else [ask(prompt) for prompt in prompts]
        ok = prompts[0] in answers[0] and prompts[1] in answers[1]
        why = "" if ok else repr(answers)[:600]
    except Exception:
        ok, why = False, traceback.format_exc()[-900:]
    say({"name": name, "runs": [], "seconds": round((time.monotonic() - began) * FASTER), "ok": ok, "why": why})


def silence(url, say):
    """What a client without anything to keep it alive makes of a minute's silence: it shows that these limits count."""
    began = time.monotonic()
    try:
        httpx.post(url, headers={"x-api-key": "right"}, json={"model": "simulated-silent", "messages": []}, timeout=MINUTE)
        why = "it was answered"
    except httpx.ReadTimeout:
        why = ""
    say({"name": "httpx, in silence", "runs": [], "seconds": round((time.monotonic() - began) * FASTER), "ok": why == "", "why": why})


def main():
    lock = threading.Lock()

    def say(line):
        with lock:
            print(json.dumps(line), flush=True)

    held = [(f"{name}, {way}", ways, make) for name, make in CLASSES.items() for way, ways in [("whole", whole), ("streamed", streamed)]]
    held += [(f"{name}, asynchronous", asynchronous, CLASSES[name]) for name in ["ChatOpenAI", "ChatAnthropic", "ChatGoogleGenerativeAI"]]
    held += [("boto3 converse", boto3_whole, None), ("boto3 converse_stream", boto3_streamed, None)]
    print(f"waiting {len(held)}", flush=True)
    threads = [threading.Thread(target=hold, args=(*one, say)) for one in held]
    threads.append(threading.Thread(target=silence, args=(sys.argv[2], say)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


main()
