# SPDX-License-Identifier: Apache-2.0
"""Where Bochs 2.7 (model tigerlake) is no model of what a CPU must do: instructions whose results in bochs_run.py are
no known answers. Found by executing 1455 mnemonics in 17000 forms, 440000 single instructions with random and special
operands, on Bochs and on a Zen 5; each difference was decided by the manual (Intel SDM volume 2), the values of
floating point by exact arithmetic, with which the CPU agreed every time. 1008 mnemonics agreed in every register and
flag that the manual defines, those that are named here did not, 273 are unknown to both.

Names are those of libZydis (ZydisMnemonicGetString). What neither knows (AVX512-FP16, AMX, XOP, FMA4, TBM and others)
is not named: Bochs raises #UD. Jumps, calls and loops agreed too."""

VERSION = "2.7"

UNKNOWN = "unknown"  # Bochs raises #UD
WRONG = "wrong"      # another value than the manual's
FLAGS = "flags"      # the right value, but other sticky flags in MXCSR or C1 in the x87 status word
VENDOR = "vendor"    # the manual leaves it to the maker of the CPU

# (kind, which forms or operands and what is wrong, mnemonics)
GROUPS = (
    (UNKNOWN, "AVX512-BF16", "vcvtne2ps2bf16 vcvtneps2bf16 vdpbf16ps"),
    (UNKNOWN, "the VEX forms, AVX-VNNI; the EVEX forms agree", "vpdpbusd vpdpbusds vpdpwssd vpdpwssds"),
    (UNKNOWN, "MOVDIRI, MOVDIR64B", "movdir64b movdiri"),
    (UNKNOWN, "CLZERO", "clzero"),
    (UNKNOWN, "SSE4A: the model `ryzen` has it, and agrees in the low 64 bits, which alone are defined",
     "extrq insertq movntsd movntss"),
    (UNKNOWN, "an index in registers 16 to 31 is refused",
     "vgatherdpd vgatherdps vgatherqpd vpgatherdd vpgatherdq vpgatherqq vpscatterdd vpscatterdq vpscatterqd "
     "vpscatterqq vscatterdpd vscatterdps vscatterqpd vscatterqps"),
    (WRONG, "as the other gathers; with an index in zmm the upper half of the destination is not cleared",
     "vgatherqps vpgatherqd"),
    (WRONG, "all forms: the result is complemented",
     "gf2p8affineinvqb gf2p8affineqb vgf2p8affineinvqb vgf2p8affineqb"),
    (WRONG, "all forms: the result", "sha1rnds4"),
    (WRONG, "all forms: the carry out, OF", "adox"),
    (WRONG, "a count of 64 shifts by 0", "psrlq vpsrlq vpsravq"),
    (WRONG, "of MMX registers by a constant 0: bits 79:64 of the x87 register are not set", "psrad psraw"),
    (WRONG, "512 bits with a mask and an operand in memory: the mask is taken for 0", "vpbroadcastb"),
    (WRONG, "128 and 256 bits: the destination's upper part is not cleared", "vpbroadcastmb2q vpbroadcastmw2d"),
    (WRONG, "512 bits with all bits of the mask set: it is taken for 0", "vpcompressb vpcompressw"),
    (WRONG, "with a mask and an operand in memory: elements are lost", "vpexpandb vpexpandw"),
    (WRONG, "equal elements are not found", "vpconflictd vpconflictq"),
    (WRONG, "with a mask: its bits stand for quadwords", "vpmultishiftqb"),
    (WRONG, "all forms: bits of the result are missing", "vpshufbitqmb"),
    (WRONG, "operands above -1 up to -0.5 are invalid instead of 0", "vcvttpd2uqq vcvttsd2usi"),
    (WRONG, "rounding of integers with the upper bit set; the inexact flag",
     "vcvtudq2ps vcvtuqq2pd vcvtusi2sd vcvtusi2ss"),
    (WRONG, "denormal operands", "vgetmantpd vgetmantsd"),
    (WRONG, "the least of equal magnitudes; the denormal flag", "vrangepd vrangeps vrangesd vrangess"),
    (WRONG, "{sae}, the sign of zero, the flags", "vreducepd vreduceps vreducesd vreducess"),
    (WRONG, "{sae} is taken for a rounding mode", "vrndscalepd vrndscaleps vrndscalesd vrndscaless"),
    (WRONG, "DAZ, underflow with directed rounding, the flags", "vscalefpd vscalefps vscalefsd vscalefss"),
    (WRONG, "which of several NaNs; the flags", "dppd dpps vdppd vdpps"),
    (WRONG, "{sae}: the flags are set, rarely another value", "vcvtph2ps vcvtps2ph"),
    (WRONG, "pseudo-denormals", "frndint"),
    (WRONG, "D9 D8+i, which no manual names", "fstpnce"),
    (FLAGS, "no denormal flag for a denormal times zero",
     " ".join(f"v{sign}{order}{kind}" for sign in ("fmadd", "fmsub", "fnmadd", "fnmsub") for order in (132, 213, 231)
              for kind in ("pd", "ps", "sd", "ss")) + " " +
     " ".join(f"v{sign}{order}{kind}" for sign in ("fmaddsub", "fmsubadd") for order in (132, 213, 231)
              for kind in ("pd", "ps"))),
    (FLAGS, "the inexact flag of what is rounded to 0 or to the largest",
     "vcvtpd2udq vcvtps2udq vcvttps2udq vcvttss2usi"),
    (FLAGS, "C1, which this CPU keeps", "fcomi fcomip fucomi fucomip"),
    (FLAGS, "C1 where a stack underflow meets an overflow", "fld"),
    (VENDOR, "an approximation", "rcpps rcpss rsqrtps rsqrtss vrcpps vrcpss vrsqrtps vrsqrtss vrcp14pd vrcp14ps "
     "vrcp14sd vrcp14ss vrsqrt14pd vrsqrt14ps vrsqrt14sd vrsqrt14ss"),
    (VENDOR, "the last bit, C1, the flags",
     "f2xm1 fcos fpatan fptan fsin fsincos fyl2x fyl2xp1"),
    (VENDOR, "the instruction and data pointers, the reserved bits",
     "fnsave fnstenv fxrstor fxrstor64 fxsave fxsave64"),
    (VENDOR, "16 bits by more than 16", "shld shrd"),
    (VENDOR, "a level above 0 that faults: what was stored before", "enter"),
    (VENDOR, "16 bits: what rsp and rbp keep", "leave"),
    (VENDOR, "misaligned with an empty mask: a fault or none", "vmovapd vmovaps vmovdqa32 vmovdqa64"),
    (VENDOR, "a misaligned operand in memory: a fault or none", "sha1msg1 sha1msg2 sha256msg1 sha256msg2 sha256rnds2"),
    (VENDOR, "some encodings of 0F 18 to 0F 1F: #UD or nothing", "nop"),
    (VENDOR, "3DNow!, which Debian's Bochs adds to every model", "pavgusb"),
    (VENDOR, "what the CPU is", "cpuid"),
)

LIMITS = {name: (kind, reason) for kind, reason, names in GROUPS for name in names.split()}


def excluded(with_flags):
    """The mnemonics whose results are no known answers; `with_flags` also those that err in sticky flags only."""
    return {name for name, (kind, _) in LIMITS.items() if with_flags or kind != FLAGS}
