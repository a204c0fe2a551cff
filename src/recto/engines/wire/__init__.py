"""How engines elsewhere are reached: JSON over HTTP, patiently, and through RunPod."""
