"""The instant engine behind LitServe, in a module of its own: its worker is a process that must find the class."""

import litserve

from bench.gateway_servers import VERDICT


class Api(litserve.LitAPI):  # type: ignore[misc]
    """The verdict, as LitServe serves any model."""

    def setup(self, device: str) -> None:
        """Nothing is loaded."""

    def decode_request(self, request: dict[str, object]) -> object:
        return request["image_urls"]

    def predict(self, x: object) -> object:
        return VERDICT

    def encode_response(self, output: object) -> dict[str, object]:
        guess = VERDICT.guess
        return {"type": guess.kind, "confidence": guess.confidence, "reasoning": VERDICT.reasoning}


def serve(port: int) -> None:
    """One worker, one process that answers."""
    server = litserve.LitServer(Api(api_path="/v1/classify"), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=port, num_api_servers=1, log_level="error", generate_client_file=False)
