"""Leads calls to a known model host to Countersign's agent, with the session key in place of any other.

For LangChain classes that read no base URL from the environment (ChatCohere, ChatOpenAIMantle, Hugging Face by repo_id,
Vertex over REST). It rewrites addresses in the HTTP libraries themselves, when a program imports them; every other call is
left alone. Calls to the agent also say which program or notebook cell they come from. Hosts stand in hosts.json; a host whose route the agent does not have gets the agent's refusal, not a way around.

In a running notebook kernel: `%load_ext countersign`.
"""

import json
import os
import re
import sys
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

_CREDENTIALS = ("authorization", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token")

# Classes refuse to be made without a key of their provider. Real ones stay with the agent.
_KEYS = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "AZURE_OPENAI_API_KEY", "MISTRAL_API_KEY", "COHERE_API_KEY", "CO_API_KEY", "GROQ_API_KEY",
    "TOGETHER_API_KEY", "DEEPSEEK_API_KEY", "XAI_API_KEY", "OPENROUTER_API_KEY", "FIREWORKS_API_KEY", "HUGGINGFACEHUB_API_TOKEN", "AWS_BEARER_TOKEN_BEDROCK",
)  # fmt: skip


def _shell():
    """The IPython shell of a kernel; None in a program."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if hasattr(shell, "kernel") else None


def _notebook(shell):
    """The notebook's file as the editor or the server told the kernel."""
    cell_id = (shell.kernel.get_parent("shell") or {}).get("metadata", {}).get("cellId")
    if isinstance(cell_id, str) and cell_id.startswith("vscode-notebook-cell:"):
        return unquote(urlsplit(cell_id).path)
    return shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME") or "notebook"


def _place():
    """Where a call comes from, for the timeline: names of files, never folders and never arguments."""
    shell = _shell()
    if shell is not None:
        return {"kind": "notebook", "file": _base(_notebook(shell)), "cell": shell.displayhook.prompt_count}
    file = (getattr(sys, "argv", None) or [""])[0]
    # Run as a module: the package says more than the name that all of them have.
    file = os.path.dirname(file) if os.path.basename(file) == "__main__.py" else file
    return {"kind": "debug" if os.environ.get("COUNTERSIGN_LAUNCH") == "debug" else "script", "file": "python" if file in ("", "-c") else _base(file)}


def _base(path):
    return re.split(r"[\\/]", str(path))[-1][:120]


class _Router:
    def __init__(self, base, key):
        self.base = base.rstrip("/")
        self.key = key
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "hosts.json"), encoding="utf-8") as file:
            hosts = json.load(file)
        self._patterns = [(re.compile("^" + re.escape(host).replace(r"\*", "[a-z0-9-]+") + "$"), route) for host, route in hosts.items()]

    def target(self, url):
        """The agent's URL for one of a model host, None for any other."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.hostname is None:
            return None
        route = next((route for pattern, route in self._patterns if pattern.match(parts.hostname)), None)
        if route is None:
            return None
        # A version that the route ends with is not said twice: some servers answer with and without it.
        version = re.search(r"/v\d+$", route)
        path = parts.path
        if version and path.startswith(version.group() + "/"):
            path = path[len(version.group()) :]
        query = urlencode([pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "key"])
        return self.base + route + path + ("?" + query if query else "")

    def mark(self, headers, url):
        """Says where a call to the agent comes from. A fault here must not end the call it tells about."""
        if url.startswith(self.base + "/"):
            try:
                headers["X-Countersign-Place"] = urlencode(_place())
            except Exception as error:
                if os.environ.get("COUNTERSIGN_DEBUG"):
                    sys.stderr.write(f"countersign: the place of a call is not known ({type(error).__name__}).\n")

    def sign(self, headers, target):
        for name in [name for name in headers if name.lower() in _CREDENTIALS or name.lower() == "host"]:
            del headers[name]
        headers["Host"] = urlsplit(target).netloc
        headers["Authorization"] = "Bearer " + self.key


def _patch_httpx(module, router):
    """httpx and httpx2: both send every request through these two methods."""
    sync_send, async_send = module.Client.send, module.AsyncClient.send

    def route(request, options):
        target = router.target(str(request.url))
        if target is not None:
            request.url = module.URL(target)
            router.sign(request.headers, target)
            # The client's own way of signing would put another key in.
            options["auth"] = None
        router.mark(request.headers, str(request.url))

    def send(self, request, **options):
        route(request, options)
        return sync_send(self, request, **options)

    async def send_async(self, request, **options):
        route(request, options)
        return await async_send(self, request, **options)

    module.Client.send, module.AsyncClient.send = send, send_async


def _patch_requests(module, router):
    original = module.Session.send

    def send(self, request, **options):
        target = router.target(request.url)
        if target is not None:
            request.url = target
            router.sign(request.headers, target)
            # Chosen for the address before; a proxy must not get what is meant for this machine.
            options["proxies"] = {}
        router.mark(request.headers, request.url)
        return original(self, request, **options)

    module.Session.send = send


def _patch_aiohttp(module, router):
    original = module.ClientSession._request

    async def request(self, method, url, **options):
        target = router.target(str(url))
        if target is None and not str(url).startswith(router.base + "/"):
            return await original(self, method, url, **options)
        headers = dict(options.pop("headers", None) or {})
        router.mark(headers, target or str(url))
        if target is not None:
            router.sign(headers, target)
            options.pop("proxy", None)
        return await original(self, method, target or url, headers=headers, **options)

    module.ClientSession._request = request


def _patch_botocore(module, router):
    original = module.URLLib3Session.send

    def send(self, request):
        target = router.target(request.url)
        if target is not None:
            request.url = target
            router.sign(request.headers, target)
        router.mark(request.headers, request.url)
        return original(self, request)

    module.URLLib3Session.send = send


def _patch_bearer(module, router):
    """botocore sends a bearer token over TLS only. The agent's address is on this machine, and its key opens nothing elsewhere."""
    original = module.BearerAuth.add_auth

    def add_auth(self, request):
        if request.url.startswith(router.base + "/"):
            router.sign(request.headers, request.url)
        else:
            original(self, request)

    module.BearerAuth.add_auth = add_auth


def _patch_grpc(module, router):
    """Calls over gRPC cannot be read by the agent, so they end here, in words."""
    original = module.secure_channel

    def secure_channel(target, *rest, **options):
        host = str(target).removeprefix("dns:///").split(":")[0]
        if router.target("https://" + host + "/") is not None:
            raise RuntimeError(f"Countersign: calls to {host} over gRPC cannot be inspected. Make the class with api_transport='rest' and call it without async. Nothing was sent.")
        return original(target, *rest, **options)

    module.secure_channel = secure_channel


def _patch_google_auth(module, _router):
    """Classes for Vertex refuse to be made without credentials of Google. Where a person has none, these stand in; they open nothing anywhere."""
    original = module.default

    def default(*arguments, **options):
        try:
            return original(*arguments, **options)
        except module.exceptions.DefaultCredentialsError:
            from google.auth import credentials

            class Credentials(credentials.Credentials):
                def refresh(self, _request):
                    self.token = "countersign"

            own = Credentials()
            own.token = "countersign"
            return own, os.environ.get("GOOGLE_CLOUD_PROJECT")

    module.default = default


_PATCHES = {
    "google.auth._default": _patch_google_auth,
    "httpx": _patch_httpx,
    "httpx2": _patch_httpx,
    "requests": _patch_requests,
    "aiohttp": _patch_aiohttp,
    "botocore.auth": _patch_bearer,
    "botocore.httpsession": _patch_botocore,
    "grpc": _patch_grpc,
    "grpc.aio": _patch_grpc,
}


class _Finder:
    """Patches a library right after its own code has run, however it is imported."""

    def __init__(self, router):
        self._router = router

    def find_spec(self, name, path=None, target=None):
        patch = _PATCHES.get(name)
        if patch is None:
            return None
        others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        spec = next((spec for spec in (finder.find_spec(name, path, target) for finder in others) if spec is not None), None)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                patch(module, self._router)

            spec.loader.exec_module = exec_module
        return spec


_started = None


def start(url=None, key=None):
    """Begins to route this process. Returns the agent's URL, or None where no agent is known. Does nothing the second time."""
    global _started
    url = url or os.environ.get("COUNTERSIGN_URL")
    key = key or os.environ.get("COUNTERSIGN_KEY")
    if not url or not key:
        if os.environ.get("COUNTERSIGN_DEBUG"):
            sys.stderr.write("countersign: no agent is known to this program (COUNTERSIGN_URL is not set), so its model calls are left as they are.\n")
        return None
    if _started is None:
        _started = _Router(url, key)
        sys.meta_path.insert(0, _Finder(_started))
        for name, patch in _PATCHES.items():
            if name in sys.modules:
                patch(sys.modules[name], _started)
    # Clients made from now on; those a kernel has already keep what they were made with, and are routed by their host.
    _started.base, _started.key = url.rstrip("/"), key
    for name in _KEYS:
        # Hugging Face's client asks for its own prefix before it chooses its router.
        os.environ.setdefault(name, "hf_" + key if name.startswith("HUGGINGFACE") else key)
    return _started.base


def load_ipython_extension(_shell):
    """`%load_ext countersign`, in a kernel of this machine that may have started before the agent."""
    try:
        url = start() or _attach()
    except OSError as error:
        url = None
        print(f"Countersign: its agent cannot be reached ({error}).")
    if url is None:
        print("Countersign: no agent is known to this kernel, so its model calls are not covered. Sign in to Countersign in the editor, then run this again.")
    else:
        print(f"Countersign: model calls of this kernel go through {url}.")


def _attach():
    # Programs that begin with this module do without it.
    import countersign_kernel

    shell = _shell()
    return start(*countersign_kernel.attach(_base(_notebook(shell)) if shell is not None else "kernel"))
