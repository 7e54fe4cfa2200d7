"""A kernel on one side, lines of JSON on the other: {"id", "code", "cellId", "silent"} in, iopub messages out."""

import json
import sys

from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name="python3")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
print(json.dumps({"ready": True}), flush=True)

for line in sys.stdin:
    asked = json.loads(line)
    silent = asked.get("silent", False)
    content = {"code": asked["code"], "silent": False, "store_history": not silent, "user_expressions": {}, "allow_stdin": False, "stop_on_error": False}
    # As the Jupyter extension sends it: the cell's document in the metadata.
    message = client.session.msg("execute_request", content, metadata={} if silent else {"cellId": asked["cellId"]})
    client.shell_channel.send(message)
    while True:
        said = client.get_iopub_msg(timeout=600)
        if said["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        print(json.dumps({"id": asked["id"], "type": said["msg_type"], "content": said["content"]}, default=str), flush=True)
        if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
            break

client.stop_channels()
manager.shutdown_kernel(now=True)
