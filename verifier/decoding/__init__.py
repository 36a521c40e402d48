"""Look at pictures and PDFs for a badge: native code on hostile bytes, in processes of its own.

`open_decoder` is the way in; what it lends is a `verifier.intake.Decode`. Only the worker process imports
`pictures` and `pages`, the doors to Pillow, zxing-cpp and pypdfium2.
"""

from verifier.decoding.decoder import Decoder, open_decoder

__all__ = ["Decoder", "open_decoder"]
