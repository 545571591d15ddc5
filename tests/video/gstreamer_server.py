"""GStreamer's RTSP server as a peer that nobody here wrote; run by /usr/bin/python3.

Debian: gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good
gstreamer1.0-plugins-ugly (x264enc) gstreamer1.0-plugins-bad (x265enc, h265parse).
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PICTURE = "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=642,height=362,framerate=25/1 ! "
H264 = "x264enc {} speed-preset=ultrafast key-int-max=25 bitrate=400 ! {}rtph264pay name=pay0 pt=96 {}"
SOUND = " audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8"
MOUNTS = {
    "/h264": PICTURE + H264.format("tune=zerolatency", "", "config-interval=1"),
    "/stap": PICTURE + H264.format("tune=zerolatency", "", "config-interval=-1 aggregate-mode=max-stap"),
    "/sound": PICTURE + H264.format("tune=zerolatency", "", "") + SOUND,
    "/bframes": PICTURE + H264.format("bframes=2 b-adapt=false", "video/x-h264,profile=main ! ", ""),
    "/h265": PICTURE
    + "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=400 ! h265parse"
    + " ! rtph265pay name=pay0 pt=96 config-interval=1",
    "/vp8": PICTURE + "vp8enc deadline=1 ! rtpvp8pay name=pay0 pt=96",
}


def main(port: str, username: str, password: str) -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_service(port)
    server.set_address("127.0.0.1")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_digest(username, password, token)
    server.set_auth(auth)
    for path, pipeline in MOUNTS.items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(f"( {pipeline} )")
        factory.set_shared(True)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("user", "media.factory.access", True)
        permissions.add_permission_for_role("user", "media.factory.construct", True)
        factory.set_permissions(permissions)
        server.get_mount_points().add_factory(path, factory)
    server.attach(None)
    sys.stdout.write("up\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:4])
