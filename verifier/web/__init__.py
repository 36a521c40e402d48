"""The verifier's pages and its programming interface: what is asked and answered over HTTP."""
