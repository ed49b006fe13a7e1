"""Posters of other worlds and machines, by TMDB id."""

from recommender.demo.posters.colours import down, out
from recommender.demo.posters.scene import Scene, part, scene, words

SCENES: dict[int, Scene] = {
    # Star Wars: two suns
    11: scene(
        part("ground", paint=down("#1a1a4a", "#6f3a6f", "#e8744a", "#ffc96a")),
        part("stars", number=140, bottom=60),
        part("planet", 84, 22, 15, colour="#9aa3ad", second="#6f7780"),
        part("sun", 38, 82, 26, paint="#fff3c4", light="#ffb04a"),
        part("sun", 62, 92, 16, paint="#ff9a5a", light="#ff6a3a", halo=0.7),
        part("dunes", light="#c9804a", dark="#6b3a2f", top=104, rows=4),
        part("shape", points="70 112!, 72 104, 78 100, 84 104, 86 112!", paint="#3a1f1c"),
        part("figure", 30, 118, 28, colour="#1a0d12", hair="bob", coat=10),
        part("fighter", 30, 36, 22, angle=-14),
        part("fighter", 16, 52, 11, angle=-14),
        part("fighter", 48, 50, 9, angle=-14),
        words("STAR WARS", 50, 138, 11, width=88, paint="#ffd93a", edge=("#1a0d12", 0.6), narrow=True, spacing=0.08),
        vignette=0.4,
    ),
    # Jurassic Park: something large in the ferns
    329: scene(
        part("ground", paint=down("#3a0a08", "#a3241a", "#f2762a")),
        part("disc", 50, 70, 88, paint=out("#ffe08a", "#ffb03a", "#e8602a")),
        part("mist", colour="#5b100a", top=80, bottom=140, alpha=0.4),
        part("tyrannosaur", 42, 122, 70),
        part("shape", points="-5 122!, 105 120!, 105 155!, -5 155!", paint="#0c0a08"),
        *(
            part("frond", x, 134, s, flip=f, colour="#0c0a08")
            for x, s, f in (
                (4, 44, False),
                (14, 34, True),
                (26, 26, False),
                (84, 30, True),
                (94, 46, True),
                (76, 22, False),
            )
        ),
        *(
            part("frond", x, 152, s, flip=f, colour="#1f2a14")
            for x, s, f in ((10, 30, False), (30, 22, True), (70, 24, False), (90, 32, True))
        ),
        words("JURASSIC", 50, 134, 8.4, width=84, paint="#ffcf3a", edge=("#7d140c", 0.7), spacing=0.08, narrow=True),
        words("PARK", 50, 144, 5, width=50, paint="#fff0c4", edge=("#7d140c", 0.5), spacing=0.5),
        vignette=0.35,
    ),
    # E.T.: a bicycle before the moon
    601: scene(
        part("ground", paint=down("#050b24", "#12265b", "#2f4f8f")),
        part("stars", number=170, bottom=110),
        part("moon", 54, 54, 64, paint="#eef0e4", light="#a9c4ff", halo=1.2),
        part("bicycle", 54, 60, 19, angle=-12, colour="#05070f", rider="#05070f", basket=True),
        part("pines", colour="#0a1228", base=122, number=20, least=16, most=36),
        part("pines", colour="#04060f", base=136, number=16, least=14, most=30),
        part("glow", 50, 122, 40, colour="#7fb0ff", strength=0.5),
        words("E.T.", 50, 131, 12, width=60, style="serif", paint="#e8f0ff", glow=("#4f7fff", 1.2)),
        words("THE EXTRA-TERRESTRIAL", 50, 143, 3, spacing=0.4, width=84, paint="#b9cdf5"),
        vignette=0.45,
    ),
    # Back to the Future: two lines of fire
    105: scene(
        part("ground", paint=down("#0a0f2a", "#24205b", "#6b2a5b")),
        part("stars", number=80, bottom=50),
        part("lightning", 26, 0, 100, reach=66),
        part("skyline", colour="#0c0c24", base=104, high=24, lit="#ffdf8a", number=14),
        part("block", 78, 74, 100, paint="#0f0f2c", stretch=0.22, high=66),
        part("shape", points="66 44!, 78 30, 90 44!", paint="#0f0f2c"),
        part("clock", 78, 52, 13, hour=10.07),
        part("road", paint="#17142a", horizon=104, wide=150, narrow=16, line=""),
        *(
            part("shape", points=p, paint=down("#ffe98a", "#ff9a2a", "#e8401f"), soft=0.5)
            for p in ("45.4 106!, 46.6 106!, 30 152!, 14 152!", "53.4 106!, 54.6 106!, 86 152!, 70 152!")
        ),
        part("fire", 20, 152, 30, high=40, wide=90, number=14),
        part("fire", 80, 152, 30, high=40, wide=90, number=14),
        part("car_front", 50, 118, 38),
        part("glow", 50, 112, 60, colour="#9fd8ff", strength=0.6),
        words("BACK TO THE", 50, 14, 6, width=72, lean=0.2, paint=down("#ffef6a", "#ff8a1f"), edge=("#7d1a2a", 0.5)),
        words(
            "FUTURE",
            50,
            27,
            11,
            width=84,
            lean=0.2,
            paint=down("#ffef6a", "#ff7a1f", "#e8302f"),
            edge=("#ffffff", 0.3),
            shadow=("#7d1a2a", 0.9, 0.9),
        ),
        vignette=0.35,
    ),
    # The Matrix: signs that fall
    603: scene(
        part("ground", paint=down("#010803", "#03140a")),
        part("code_rain", columns=27),
        part("glow", 50, 86, 90, colour="#0f7a3a", strength=0.7),
        part("figure", 50, 142, 96, colour="#020403", pose="stand", coat=48, build=1.1, light="#4dff9a"),
        part("shape", 50, 54.4, 9, points="-50 -14!, 50 -14!, 44 16, 14 14, 0 0, -14 14, -44 16", paint="#0a1a10"),
        part("path", 50, 54.4, 9, points="-44 -8, 44 -8", colour="#7dffb0", width=4),
        part("figure", 16, 142, 62, colour="#010302", coat=48, hair="short", light="#2f9a5f"),
        part("figure", 84, 142, 62, colour="#010302", coat=48, light="#2f9a5f"),
        part("shape", points="-5 138!, 105 138!, 105 155!, -5 155!", paint="#010302"),
        words("THE MATRIX", 50, 26, 8, width=84, style="mono", paint="#b9ffd0", spacing=0.24, glow=("#1fff7a", 1)),
        vignette=0.5,
    ),
    # 2001: A Space Odyssey: the slab, the sun, the eye
    62: scene(
        part("ground", paint="#030308"),
        part("stars", number=220, bright=4),
        part("disc", 50, 20, 16, paint="#1a1a22"),
        part("glow", 50, 28, 60, colour="#fff0c8"),
        part("disc", 50, 29, 12, paint="#fffbe8"),
        part("flare", 50, 29, 100, colour="#ffe0a0"),
        part("monolith", 50, 74, 52),
        part("disc", 50, 150, 190, paint=out("#5b86c4", "#1f3f7a", "#0a1430", at=(0.5, 0.1), reach=0.6), squash=0.36),
        part("red_eye", 50, 122, 30),
        words("2001", 50, 52, 3.4, paint="#e8ecf4", spacing=0.8),
        words("A SPACE ODYSSEY", 50, 144.5, 3.2, bold=False, paint="#e8ecf4", spacing=0.7, width=88),
        vignette=0.3,
    ),
    # Alien: an egg
    348: scene(
        part("ground", paint=out("#14241a", "#060c08", "#010201", at=(0.5, 0.55))),
        part("egg", 50, 82, 66),
        part("beam", 50, 96, 100, colour="#c8ff5a", narrow=10, wide=50, reach=46, alpha=0.45, soft=4),
        part("mist", colour="#5f8a4a", top=106, bottom=152, alpha=0.5),
        part("honeycomb", 0, 132, 100, first="#0c1a10", second="#050a06", third="#12281a", step=9),
        part("mist", colour="#0a140c", top=118, bottom=152, alpha=0.9),
        words("A L I E N", 50, 24, 6.4, width=88, paint="#e8fff0", spacing=0.9, bold=False),
        vignette=0.75,
    ),
    # Blade Runner: rain and neon
    78: scene(
        part("ground", paint=down("#140a2a", "#5b1a5f", "#c8386a", "#ff7a4a")),
        part("mist", colour="#ff5f8a", top=30, bottom=120, alpha=0.4),
        part("skyline", colour="#3a1448", base=120, high=96, lit="#ffb04a", number=9, share=0.25),
        part("skyline", colour="#180a26", base=132, high=70, lit="#4fe8ff", number=8, share=0.2),
        *(
            part("block", x, y, s, paint=c, high=h, stretch=w, radius=8, alpha=0.9)
            for x, y, s, c, h, w in (
                (14, 78, 16, "#ff2f7a", 160, 0.36),
                (86, 70, 16, "#2fe8ff", 200, 0.34),
                (73, 96, 10, "#ffd23a", 150, 0.5),
            )
        ),
        *(
            part("glow", x, y, 36, colour=c, strength=0.8)
            for x, y, c in ((14, 78, "#ff2f7a"), (86, 70, "#2fe8ff"), (73, 96, "#ffd23a"))
        ),
        part("saucer_car", 44, 44, 30, angle=-6),
        part("saucer_car", 76, 30, 12),
        part("road", paint="#0c0616", horizon=120, wide=220, narrow=60, line=""),
        part("mirror", level=128, shade="#0a0416", alpha=0.4),
        part("figure", 50, 142, 52, colour="#07040d", coat=38, light="#ff5f9a"),
        part("umbrella", 58, 116, 46, colour="#0c0716", stick="#d8faff"),
        part("rain", number=360, colour="#ffd0e8", alpha=0.4),
        words("BLADE RUNNER", 50, 14, 8, width=88, paint="#ffffff", narrow=True, spacing=0.2, glow=("#ff2f7a", 1.1)),
        vignette=0.5,
    ),
    # Interstellar: small ship, large hole
    157336: scene(
        part("ground", paint=down("#02030a", "#0a1020", "#1a1410")),
        part("stars", number=260, bright=8),
        part("black_hole", 50, 58, 62),
        part("ring", 30, 98, 9, colour="#dfe4ea", width=12, squash=0.9),
        part("block", 30, 98, 4, paint="#f4f6f8"),
        part("glow", 30, 98, 10, colour="#9fd0ff"),
        part("hills", paint=down("#2a3038", "#0a0c10"), base=130, rough=4),
        part("figure", 62, 132, 12, colour="#eef2f6", build=1.4, head=1.4),
        words("INTERSTELLAR", 50, 112, 6.6, width=88, bold=False, spacing=0.6, paint="#fdf4e0"),
        vignette=0.4,
    ),
    # Inception: the city folds over
    27205: scene(
        part("ground", paint=down("#8fa3b5", "#dfe6ea", "#b5c0c8")),
        part(
            "skyline",
            100,
            60,
            100,
            angle=180,
            colour="#4f6070",
            base=60,
            high=62,
            lit="#e8f0f4",
            number=12,
            share=0.4,
            bottom=90,
        ),
        part(
            "skyline",
            100,
            40,
            100,
            angle=180,
            colour="#2b3a48",
            base=40,
            high=40,
            lit="#ffe6b0",
            number=9,
            share=0.3,
            bottom=90,
        ),
        part("skyline", colour="#4f6070", base=124, high=56, lit="#e8f0f4", number=12, share=0.4),
        part("skyline", colour="#1f2a36", base=138, high=40, lit="#ffe6b0", number=9, share=0.3),
        part("mist", colour="#f4f7f9", top=52, bottom=108, alpha=0.6),
        part("disc", 50, 122, 34, paint="#0c1218", squash=0.14, alpha=0.6, soft=3),
        part("top", 50, 122, 44, angle=7),
        *(
            part("ring", 51, 107, s, colour="#ffffff", width=1.4, squash=0.25, alpha=0.5, start=20, end=150)
            for s in (42, 50)
        ),
        words("INCEPTION", 50, 140, 9, width=86, paint="#d8262f", spacing=0.3, shadow=("#0c1218", 0.4, 0.4)),
        vignette=0.4,
    ),
    # Dune: sand, and what lives below it
    438631: scene(
        part("ground", paint=down("#e8b878", "#f7dca8", "#e8a35a")),
        part("disc", 72, 34, 24, paint="#fff3d8"),
        part("disc", 44, 22, 9, paint="#fbe6c0", alpha=0.9),
        part("mist", colour="#fff0d0", top=50, bottom=110, alpha=0.5),
        part("dunes", light="#dd9f5f", dark="#a3623a", top=84, rows=2),
        part("worm", 56, 118, 62, colour="#7d4a28"),
        part("mist", colour="#f2cf98", top=104, bottom=128, alpha=0.9),
        part("dunes", light="#c9803f", dark="#7a3f22", top=122, rows=3),
        part("figure", 24, 130, 15, colour="#2a150c", hat="hood", cape="#2a150c", wind=0.5),
        part("figure", 31, 131, 13, colour="#2a150c", cape="#2a150c", wind=0.5),
        words("D U N E", 50, 50, 8, width=80, bold=False, spacing=0.6, paint="#5b2a14"),
        vignette=0.25,
    ),
    # Mad Max: Fury Road: dust
    76341: scene(
        part("ground", paint=down("#2f9fb5", "#f2a03a", "#e8601f", "#7a2410")),
        part("mist", colour="#c9481a", top=10, bottom=100, alpha=0.9, grain=22, contrast=2.4),
        part("mist", colour="#ffb04a", top=50, bottom=120, alpha=0.6),
        part("lightning", 78, 0, 100, reach=50),
        part("dunes", light="#d9702a", dark="#8f3a14", top=106, rows=3),
        part("car", 40, 120, 50, colour="#241612", kind="coupe", glass="#f2b05a"),
        part("fire", 16, 116, 16, high=60, wide=60, number=10),
        part("car", 80, 114, 24, colour="#2f1c14", kind="saloon", glass="#f2b05a"),
        part("car", 12, 112, 14, colour="#3a2015", kind="roadster", glass="#f2b05a"),
        part("figure", 42, 107, 22, pose="raise", colour="#1a0f0c"),
        part("disc", 26, 124, 40, paint="#f2a04a", squash=0.3, alpha=0.6, soft=5),
        part("sparks", number=60, colour="#ffcf6a", top=70, bottom=140),
        words(
            "MAD MAX",
            50,
            18,
            14,
            width=86,
            paint=down("#ffe08a", "#e8401a"),
            edge=("#3a0f08", 0.8),
            narrow=True,
            spacing=0.06,
        ),
        words("FURY ROAD", 50, 138, 8, width=80, paint="#ffe9c0", edge=("#3a0f08", 0.7), spacing=0.2),
        vignette=0.4,
        grain=8,
    ),
    # Avatar: eyes in the blue night
    19995: scene(
        part("ground", paint=down("#04122b", "#0c3a5b", "#0f6a6f")),
        part("stars", number=120, bottom=60),
        part("planet", 78, 26, 32, colour="#5f8fd0", second="#c8d8f0"),
        *(
            part(
                "shape",
                x,
                y,
                s,
                points="-50 -10!, -30 -22, 10 -24, 50 -12!, 30 14, 14 36, 4 62!, -8 34, -26 16",
                paint=down("#2f7a5f", "#0c2f3f"),
            )
            for x, y, s in ((16, 44, 26), (44, 30, 18), (92, 62, 22))
        ),
        part("jungle_face", 50, 86, 84),
        part("shape", points="-5 128!, 24 124, 50 134, 76 124, 105 128!, 105 155!, -5 155!", paint="#041a1f"),
        *(
            part("frond", x, 154, s, flip=f, colour="#0c6a5f")
            for x, s, f in ((6, 44, False), (20, 28, True), (82, 30, False), (95, 46, True))
        ),
        part("sparks", number=70, colour="#6ff0ff", top=70, bottom=150),
        words("AVATAR", 50, 140, 10, width=84, paint=down("#e8fcff", "#4fc8e8"), spacing=0.24, glow=("#1f9fd8", 1)),
        vignette=0.4,
    ),
    # The Terminator: red eyes, no mercy
    218: scene(
        part("ground", paint=down("#0a0c12", "#1c2430", "#3a1414")),
        part("rays", 50, 60, 100, colour="#4f6a8a", number=14, alpha=0.12),
        part("terminator", 50, 62, 84),
        part(
            "shape",
            points="-2 108!, 30 102, 50 112, 70 102, 102 108!, 102 155!, -2 155!",
            paint=down("#12141a", "#000000"),
        ),
        part("fire", 50, 152, 100, high=30, wide=120, number=30),
        words("THE", 20, 124, 3, spacing=0.5, paint="#e8ecf0"),
        words(
            "TERMINATOR",
            50,
            132,
            9,
            width=90,
            narrow=True,
            paint=down("#ffffff", "#8f9aa6", "#f2f4f6"),
            lean=0.15,
            edge=("#a3141a", 0.6),
        ),
        vignette=0.6,
    ),
    # Metropolis: the city and its machine
    19: scene(
        part("ground", paint=down("#1a1610", "#4a3c24", "#a3854a")),
        part("rays", 50, 62, 100, colour="#f2dca0", number=18, alpha=0.2, share=0.4),
        *(
            part("skyline", colour=c, base=b, high=h, number=n, lit="#f7e6b0", share=s, least=0.4)
            for c, b, h, n, s in (("#5b4a2c", 112, 86, 9, 0.1), ("#2f2616", 128, 56, 8, 0.2))
        ),
        part("machine_woman", 50, 82, 76, gold="#d3ac5f"),
        part("shape", points="-5 126!, 105 126!, 105 155!, -5 155!", paint="#17120a"),
        part("border", colour="#d3ac5f", margin=3, width=0.8),
        part("border", colour="#d3ac5f", margin=5, width=0.3),
        words("METROPOLIS", 50, 137, 8.6, width=82, narrow=True, spacing=0.3, paint=down("#fbeec4", "#c9a35a")),
        vignette=0.4,
        grain=8,
    ),
    # A Trip to the Moon: right in the eye
    775: scene(
        part("ground", paint=out("#3f4a5b", "#1f2733", "#0c1018", at=(0.5, 0.45))),
        part("stars", number=60, colour="#f4ecd0", bright=16),
        part("moon_face", 48, 72, 84),
        part("shell_rocket", 58, 68, 46),
        part("mist", colour="#b9b5a5", top=108, bottom=152, alpha=0.7),
        *(
            part("burst", x, y, s, paint="#f4ecd0", spikes=5, inner=20)
            for x, y, s in ((12, 22, 7), (90, 30, 9), (84, 118, 6), (14, 116, 8))
        ),
        words(
            "A Trip to the Moon", 50, 134, 7, width=86, style="serif", paint="#f7eed4", edge=("#17120c", 0.5), bend=-14
        ),
        words("ouch!", 86, 46, 4, style="serif", lean=0.2, paint="#f7eed4", tilt=-12),
        part("border", colour="#b9a67a", margin=3, width=0.7),
        vignette=0.5,
        grain=10,
    ),
}
